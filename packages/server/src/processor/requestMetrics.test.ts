import { TimeoutError } from "@streamer/protocol";
import { beforeAll, expect, it } from "vitest";
import { requestMetrics } from "../observability/metrics.ts";
import type { RequestMetricName } from "../observability/metrics.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createProcessorHarness } from "../testing/processorHarness.ts";
import { sampleActions } from "../testing/sampleActions.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { Run } from "./context.ts";
import { TerminalError } from "./errors.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

const action = sampleActions.generateReport;

function open(run: Run<typeof action>) {
  const added: [RequestMetricName, number][] = [];
  let published = 0;
  const harness = createProcessorHarness(table, action, run, {
    deps: {
      addMetric: (name, value) => void added.push([name, value]),
      publishMetrics: async () => void (published += 1),
    },
  });
  const take = (): Partial<Record<RequestMetricName, number>> => Object.fromEntries(added.splice(0));
  return { ...harness, added, take, published: () => published };
}

it("a request that completes: how long it waited, until its first update, until its end; all in one publication", async () => {
  const one = open(async ({ progress, flush }) => {
    await one.clock.advance(1_000);
    progress(10, "on its way");
    await flush();
    await one.clock.advance(4_000);
    progress(50, "half of it");
    return {};
  });
  const request = await one.submit({ start: "2024" });
  await one.clock.advance(2_000);
  await one.process(request);
  expect(one.added).toHaveLength(5);
  expect(one.take()).toEqual({
    QueueWait: 2_000,
    TimeToFirstProgress: 3_000,
    RequestsCompleted: 1,
    RequestsEnded: 1,
    RequestDuration: 7_000,
  });
  expect(one.published()).toBe(1);
});

it("an attempt that fails and is tried again is no end; the second attempt's wait is not the queue's", async () => {
  let attempts = 0;
  const one = open(async ({ attempt }) => {
    attempts = attempt;
    if (attempt === 1) throw new Error("not now");
    return {};
  });
  const request = await one.submit({ start: "2024" });
  await one.process(request);
  expect(one.take()).toEqual({ QueueWait: 0, RequestsRetried: 1 });
  const { retryAt = 0 } = await one.stored(request);
  const waitMs = retryAt - one.clock.now();
  await one.clock.advance(waitMs);
  await one.process(request);
  expect(attempts).toBe(2);
  expect(one.take()).toEqual({ RequestsCompleted: 1, RequestsEnded: 1, RequestDuration: waitMs });
});

it.each<[string, () => Promise<never>, Partial<Record<RequestMetricName, number>>]>([
  ["that fails for good", () => Promise.reject(new TerminalError("no use")), { RequestsFailed: 1 }],
  ["whose work gave up as its own timeout", () => Promise.reject(new TimeoutError()), { AttemptsTimedOut: 1 }],
])("a request %s", async (_, run, expected) => {
  const one = open(run);
  await one.process(await one.submit({ start: "2024" }));
  expect(one.take()).toMatchObject(expected);
});

it("a request that is cancelled while it runs", async () => {
  const one = open(async ({ signal }) => {
    await one.deps.requests.requestCancel(request, "enough");
    while (!signal.aborted) await one.clock.advance(1_000);
    signal.throwIfAborted();
    return {};
  });
  const request = await one.submit({ start: "2024" });
  await one.process(request);
  expect(one.take()).toMatchObject({ RequestsCancelled: 1, RequestsEnded: 1 });
});

it("a message that needs no work adds nothing", async () => {
  const one = open(async () => ({}));
  const request = await one.submit({ start: "2024" });
  await one.process(request);
  one.take();
  await one.process(request);
  expect(one.take()).toEqual({});
  expect(one.published()).toBe(2);
});

it("every name is a row of the metric table, of the processors but for what the router counts", () => {
  expect(requestMetrics.filter(({ target }) => target !== "processor").map(({ name }) => name)).toEqual(["RequestsSubmitted"]);
});
