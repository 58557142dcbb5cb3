import { expect, it } from "vitest";
import { progressBenchmark } from "./benchmark.ts";
import { measureThroughput } from "./measureThroughput.ts";

const quick = { quick: true, say: () => undefined };

it("one request and two reports give a positive time for each step, and for both baselines", async () => {
  const { benchmark, figures } = await progressBenchmark.run(quick);
  expect(benchmark).toBe("progress");
  const steps = ["acknowledged", "first", "progress", "completion"];
  expect(figures.map(({ id }) => id)).toEqual(
    steps.flatMap((step) => ["p50", "p95", "p99"].map((percent) => `progress.${step}.${percent}`)),
  );
  const baselines = figures.flatMap(({ baseline }) => baseline?.value ?? []);
  expect(baselines).toHaveLength(6);
  for (const value of [...figures.map(({ ours }) => ours), ...baselines]) expect(value).toBeGreaterThan(0);
}, 120_000);

it("requests in flight, and both floors, are counted by the second", async () => {
  const [measure, ...others] = await measureThroughput({ runs: [{ inFlight: 2, requests: 4 }] });
  expect(others).toEqual([]);
  expect(measure?.inFlight).toBe(2);
  for (const perSecond of [measure?.ours, measure?.sdkFloor, measure?.storesFloor]) expect(perSecond).toBeGreaterThan(0);
}, 120_000);
