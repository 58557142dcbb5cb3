import { createFakeClock, runProcessor } from "../index.ts";
import { defineAction } from "@streamer/protocol";
import * as v from "valibot";
import { expect, test } from "vitest";
import { TerminalError } from "../../index.ts";
import type { Run } from "../../index.ts";

const importOrders = defineAction("import_orders", {
  input: v.object({ rows: v.array(v.string()), card: v.string() }),
  output: v.object({ imported: v.number(), receipt: v.string() }),
  chunk: v.object({ line: v.number(), problem: v.string() }),
  estimatedDuration: "2 minutes",
  timeout: "5 minutes",
});

const charged: string[] = [];
const run: Run<typeof importOrders> = async ({ input, progress, emit, once, putFile, signal }) => {
  if (input.rows.length === 0) throw new TerminalError("nothing to import", { details: { rows: 0 } });
  const { receipt } = await once("charge", async (key) => {
    charged.push(key);
    return { receipt: `receipt of ${input.card}` };
  });
  for (const [line, row] of input.rows.entries()) {
    signal.throwIfAborted();
    if (row === "") await emit({ line, problem: "empty" });
    progress(((line + 1) / input.rows.length) * 100, `line ${line + 1}`);
  }
  return { imported: input.rows.length, receipt: await putFile("receipt.txt", receipt, "text/plain") };
};

test("orders are imported, and what was done on the way is recorded", async () => {
  const work = runProcessor(importOrders, run, { input: { rows: ["a", "", "c"], card: "4242" } });
  expect(await work.end).toMatchObject({ status: "completed", data: { imported: 3 } });
  expect(work.progress.map(({ message }) => message)).toEqual(["line 1", "line 2", "line 3"]);
  expect(work.chunks).toEqual([{ line: 1, problem: "empty" }]);
  expect(work.files).toEqual([{ name: "receipt.txt", body: "receipt of 4242", contentType: "text/plain" }]);
});

test("nothing to import is final: the class that was thrown, and what the client sees of it", async () => {
  const end = await runProcessor(importOrders, run, { input: { rows: [], card: "4242" } }).end;
  expect(end).toMatchObject({
    status: "failed",
    error: expect.any(TerminalError),
    message: { type: "error", error: { code: "PROCESSING_FAILED", details: { rows: 0 } } },
  });
});

test("a second attempt does not charge again", async () => {
  charged.length = 0;
  const input = { rows: ["a"], card: "4242" };
  const failing: typeof run = async (context) => {
    await run(context);
    throw new Error("the connection broke");
  };
  const first = runProcessor(importOrders, failing, { input });
  expect(await first.end).toMatchObject({ status: "retrying", retryAfterMs: 1_000 });
  const second = runProcessor(importOrders, run, { input, after: first });
  expect(await second.end).toMatchObject({ status: "completed" });
  expect(charged).toHaveLength(1);
  expect(second.once).toEqual([{ name: "charge", ran: false, result: { receipt: "receipt of 4242" } }]);
});

test("a client that cancels ends the work", async () => {
  const work = runProcessor(importOrders, run, { input: { rows: ["a", "b"], card: "4242" } });
  work.cancel("user pressed stop");
  expect(await work.end).toMatchObject({ status: "cancelled", reason: "user pressed stop" });
});

test("work that hangs is stopped at its timeout", async () => {
  const clock = createFakeClock();
  const work = runProcessor(importOrders, () => new Promise(() => {}), { input: { rows: [], card: "" }, clock });
  await clock.advance(5 * 60_000); // the timeout: the signal is aborted
  await clock.advance(10_000); // the grace: then the work is left behind
  expect(await work.end).toMatchObject({ status: "retrying", error: { code: "TIMEOUT" } });
});
