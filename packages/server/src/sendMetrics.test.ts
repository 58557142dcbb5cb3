import { createFakeClock } from "@streamer/protocol/testing";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createConnectionManager } from "./connection/connectionManager.ts";
import type { ConnectionManagerConfig } from "./connection/connectionManager.ts";
import { createConnectionMetrics } from "./connection/connectionMetrics.ts";
import { createFakeManagementApi } from "./testing/fakeManagementApi.ts";
import { createRecordedLogger } from "./testing/recordedLogger.ts";
import { METRICS, sendMetrics } from "./observability/metrics.ts";
import { createOwnMetrics } from "./observability/ownMetrics.ts";

/** A line as CloudWatch reads it. */
interface EmbeddedMetrics {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly [
      {
        readonly Namespace: string;
        readonly Dimensions: readonly (readonly string[])[];
        readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
      },
    ];
  };
  readonly [field: string]: unknown;
}

let written: string[];
beforeEach(() => {
  written = [];
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    written.push(String(chunk));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});
/** Namespace, dimensions and names of a line. */
const described = (line?: EmbeddedMetrics) => line?.["_aws"].CloudWatchMetrics[0];
const lines = (): readonly EmbeddedMetrics[] => written.map((line) => JSON.parse(line) as EmbeddedMetrics);

function setUp(config: ConnectionManagerConfig = {}) {
  const clock = createFakeClock();
  const api = createFakeManagementApi();
  const metrics = createOwnMetrics({ functionName: "streamer-prod-process_make_report" });
  const manager = createConnectionManager(
    { retries: 0, backPressureRetries: 0, ...config },
    {
      managementApi: api,
      connections: { delete: async () => undefined },
      logger: createRecordedLogger().logger,
      random: () => 0.5,
      clock,
      metrics: createConnectionMetrics((name, value) => metrics.add(name, value)),
    },
  );
  return { api, clock, metrics, manager };
}

it("an invocation's numbers are one line of the log, of the namespace and dimension that the dashboard shows", async () => {
  const { api, clock, metrics, manager } = setUp();
  for (const [id, ms] of [
    ["fast", 5],
    ["slow", 250],
  ] as const)
    api.answer(id, () => clock.advance(ms));
  await manager.send("fast", { type: "pong" });
  await manager.send("slow", { type: "pong" });
  await metrics.publish();
  expect(lines()).toMatchObject([{ FunctionName: "streamer-prod-process_make_report", SendLatency: [5, 250], MessagesSentPerMinute: 2 }]);
  expect(described(lines()[0])).toEqual({
    Namespace: "Streamer",
    Dimensions: [["FunctionName"]],
    Metrics: [
      { Name: "SendLatency", Unit: "Milliseconds" },
      { Name: "MessagesSentPerMinute", Unit: "Count" },
    ],
  });
});

it("a broadcast's throughput is its connections in a second of it", async () => {
  const { api, clock, metrics, manager } = setUp({ broadcastConcurrency: 1 });
  for (const id of ["a", "b", "c"]) api.answer(id, () => clock.advance(10));
  await manager.broadcast(["a", "b", "c"], { type: "pong" });
  await metrics.publish();
  expect(lines()).toMatchObject([{ BroadcastThroughput: 100, SendLatency: [10, 10, 10] }]);
});

it.each([
  [410, "SendGone"],
  [429, "SendThrottled"],
  [503, "SendUnavailable"],
  [413, "SendRefused"],
  [403, "SendRefused"],
])("a send that ends with %i counts as %s, and as nothing else", async (status, name) => {
  const { api, metrics, manager } = setUp();
  api.answer("c1", status);
  await manager.send("c1", { type: "pong" });
  await metrics.publish();
  const [line] = lines();
  expect(line?.[name]).toBe(1);
  const names = described(line)?.Metrics.map((metric) => metric.Name);
  expect(names?.toSorted()).toEqual([name, "SendLatency"].toSorted());
});

it("a count is one number, however often it was added to", async () => {
  const { metrics, manager } = setUp();
  await manager.broadcast(["a", "b", "c"], { type: "pong" });
  await manager.send("a", { type: "pong" });
  await metrics.publish();
  expect(lines()).toMatchObject([{ MessagesSentPerMinute: 4 }]);
});

it("a skipped connection counts as skipped, without a latency", async () => {
  const { api, metrics, manager } = setUp();
  api.answer("c1", 503);
  for (let index = 0; index < 3; index += 1) await manager.send("c1", { type: "pong" });
  await metrics.publish();
  await manager.broadcast(["c1"], { type: "pong" });
  await metrics.publish();
  expect(lines()[1]).toMatchObject({ SendSkipped: 1 });
  expect(lines()[1]).not.toHaveProperty("SendLatency");
});

it("the breaker's changes are told as numbers", async () => {
  const { api, metrics, manager } = setUp({ breaker: { windowCalls: 2 } });
  for (const id of ["a", "b"]) {
    api.answer(id, 503);
    await manager.send(id, { type: "pong" });
  }
  await metrics.publish();
  expect(lines()).toMatchObject([{ BreakerState: 2 }]);
});

it("what was published is not published again, and nothing is no line", async () => {
  const { metrics, manager } = setUp();
  await metrics.publish();
  await manager.send("c1", { type: "pong" });
  await metrics.publish();
  await metrics.publish();
  expect(written).toHaveLength(1);
});

it("more values than a line may hold are several lines, and none is lost", async () => {
  const { metrics, manager } = setUp();
  for (let index = 0; index < 250; index += 1) await manager.send(`c${index}`, { type: "pong" });
  await metrics.publish();
  expect(lines().map((line) => [line["SendLatency"]].flat().length)).toEqual([100, 100, 50]);
});

it("writes nothing where metrics are switched off", async () => {
  vi.stubEnv("POWERTOOLS_METRICS_DISABLED", "true");
  const { metrics, manager } = setUp();
  await manager.send("c1", { type: "pong" });
  await metrics.publish();
  expect(written).toEqual([]);
});

it("every metric it writes is a row of the table, measured on functions by name", () => {
  for (const row of sendMetrics) {
    expect(METRICS).toContain(row);
    expect(row).toMatchObject({ namespace: "Streamer", target: "sender", dimensions: ["FunctionName"] });
  }
});
