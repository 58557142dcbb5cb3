import { runProcessor } from "../index.ts";
import { defineAction } from "@streamer/protocol";
import * as v from "valibot";
import { expect, test } from "vitest";
import type { Run } from "../../index.ts";
import { reportRoom } from "./topics.ts";

const summarizeReport = defineAction("summarize_report", {
  input: v.object({ report: v.string() }),
  output: v.object({ summary: v.string() }),
  estimatedDuration: "1 minute",
});

const run: Run<typeof summarizeReport> = async ({ input, once, publish }) => {
  const summary = `All about ${input.report}.`;
  // An attempt that follows does not say it again.
  await once("announce", (key) => publish(reportRoom.at(input.report), { comment_id: key, text: summary }));
  return { summary };
};

test("the summary is said to those who look at the report", async () => {
  const work = runProcessor(summarizeReport, run, { input: { report: "q3" } });
  expect(await work.end).toMatchObject({ status: "completed" });
  expect(work.published).toEqual([{ topic: "reports/q3", data: { comment_id: expect.any(String), text: "All about q3." } }]);
});
