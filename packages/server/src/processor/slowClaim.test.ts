import { defineAction } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { expect, it } from "vitest";
import * as v from "valibot";
import { createProcessorHarness } from "../testing/processorHarness.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createRequestStore } from "../table/requestStore.ts";
import type { Run } from "./context.ts";

const action = defineAction("make_report", { input: v.object({}), output: v.null(), estimatedDuration: "1 minute", timeout: "5 minutes" });

it("a lease is counted from before its claim: after a claim slower than the lease nothing is reported", async () => {
  const table = await createTestTable();
  const clock = createFakeClock();
  const requests = createRequestStore(table, clock);
  const slow: typeof requests = {
    ...requests,
    async claim(ref, leaseMs) {
      const claimed = await requests.claim(ref, leaseMs);
      await clock.advance(leaseMs);
      return claimed;
    },
  };
  const run: Run<typeof action> = async ({ progress, flush }) => {
    progress(10, "Too late");
    await flush();
    return null;
  };
  const one = createProcessorHarness(table, action, run, { deps: { clock, requests: slow } });
  const request = await one.submit({});
  await one.process(request);
  expect(one.received(request).filter(({ type }) => type === "progress")).toEqual([]);
});
