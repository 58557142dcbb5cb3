import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connectionMetrics, METRICS, sweepMetrics } from "../observability/metrics.ts";
import { createOwnMetrics } from "../observability/ownMetrics.ts";
import { noCounts, reportCounts } from "./sweepCounts.ts";

const [ACTIVE] = connectionMetrics;
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
});

test("a sweep's numbers are one line of the log, each with the unit of its row in the metric table", async () => {
  const metrics = createOwnMetrics({ functionName: "streamer-prod-sweeper" });
  const counts = {
    ...noCounts(),
    due: 9,
    dispatched: 4,
    recovered: 3,
    abandoned: 2,
    expired: 1,
    failures: 5,
    oldestAgeMs: 61_500,
    activeConnections: 7,
  };
  reportCounts(counts, (name, value) => metrics.add(name, value));
  await metrics.publish();
  expect(written).toHaveLength(1);
  const line = JSON.parse(written[0] ?? "") as { _aws: { CloudWatchMetrics: readonly unknown[] } };
  expect(line).toMatchObject({
    FunctionName: "streamer-prod-sweeper",
    SweepDue: 9,
    SweepDispatched: 4,
    SweepRecovered: 3,
    SweepAbandoned: 2,
    SweepExpired: 1,
    SweepFailures: 5,
    OldestOpenRequest: 61.5,
    ActiveConnections: 7,
  });
  const [described] = line["_aws"].CloudWatchMetrics as readonly {
    Namespace: string;
    Metrics: readonly { Name: string; Unit: string }[];
  }[];
  expect(described?.Namespace).toBe("Streamer");
  const byName = (one: { readonly name: string }, other: { readonly name: string }): number => (one.name < other.name ? -1 : 1);
  expect(described?.Metrics.map(({ Name, Unit }) => ({ name: Name, unit: Unit })).toSorted(byName)).toEqual(
    [...sweepMetrics, ACTIVE].map(({ name, unit }) => ({ name, unit })).toSorted(byName),
  );
});

test("every number is a row of the metric table, measured on the sweeper by its function's name", () => {
  for (const row of [...sweepMetrics, ACTIVE]) {
    expect(METRICS).toContain(row);
    expect(row).toMatchObject({ namespace: "Streamer", target: "sweeper", dimensions: ["FunctionName"] });
  }
});
