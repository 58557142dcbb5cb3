import { defineAction } from "@streamer/protocol";
import { beforeAll, expect, it } from "vitest";
import * as v from "valibot";
import type { TableConfig } from "../table/entities/model.ts";
import { createProcessorHarness } from "../testing/processorHarness.ts";
import type { ProcessorHarness } from "../testing/processorHarness.ts";
import { createTestTable } from "../testing/testTable.ts";

const work = defineAction("work", {
  input: v.object({}),
  output: v.object({}),
  estimatedDuration: "1 minute",
  timeout: "30 seconds",
});

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

it("the outcome is tried for a connection that progress is no longer sent to", async () => {
  const harness: ProcessorHarness = createProcessorHarness(table, work, async ({ progress, flush }) => {
    for (const percentage of [10, 20, 30]) {
      progress(percentage, "working");
      await flush();
      await harness.clock.advance(100);
    }
    return {};
  });
  const request = await harness.submit({});
  // Three messages, each with its three retries: then the connection is skipped.
  harness.api.answer(request.connectionId, 503, 12);
  await harness.process(request);
  expect(harness.received(request)).toMatchObject([{ type: "complete" }]);
  expect(harness.api.calls).toHaveLength(13);
});

it("what the sends of an attempt did is in the log under the request's correlation id", async () => {
  const harness = createProcessorHarness(table, work, async () => ({}));
  const request = await harness.submit({});
  harness.log.logger.setLogLevel("DEBUG");
  await harness.process(request);
  expect(harness.log.entries("A send ended.")).toMatchObject([
    { level: "DEBUG", correlation_id: request.correlationId, connection_id: request.connectionId, outcome: "sent" },
    { level: "DEBUG", correlation_id: request.correlationId, connection_id: request.connectionId, outcome: "sent" },
  ]);
});

it("metrics are published once for each invocation, after its messages", async () => {
  const published: number[] = [];
  const harness: ProcessorHarness = createProcessorHarness(table, work, async () => ({}), {
    deps: { publishMetrics: async () => void published.push(harness.api.calls.length) },
  });
  await harness.process(await harness.submit({}), await harness.submit({}), "no event");
  // Two of each request: progress and outcome.
  expect(published).toEqual([4]);
});

it("metrics that cannot be published cost no message", async () => {
  const harness = createProcessorHarness(table, work, async () => ({}), {
    deps: { publishMetrics: () => Promise.reject(new Error("no standard output")) },
  });
  const request = await harness.submit({});
  expect(await harness.process(request)).toEqual({ batchItemFailures: [] });
  expect(harness.log.entries("The metrics of an invocation could not be published.")).toMatchObject([{ level: "WARN" }]);
});
