import { progressBenchmark, throughputBenchmark } from "../async/benchmark.ts";
import { bundleBenchmark } from "../bundle/benchmark.ts";
import { connectBenchmark } from "../connections/benchmark.ts";
import { costBenchmark } from "../cost/benchmark.ts";
import { memoryBenchmark } from "../memory/benchmark.ts";
import { sendsBenchmark } from "../sends/benchmark.ts";
import { startBenchmark } from "../start/benchmark.ts";
import { storesBenchmark } from "../stores/benchmark.ts";
import { roundTripBenchmark } from "../sync/benchmark.ts";
import type { Benchmark } from "./measurement.ts";

/** Every benchmark, in the order of the page. Those of load, which take all of the machine for minutes, have a command of their own. */
export const benchmarkList: readonly Benchmark[] = [
  roundTripBenchmark,
  connectBenchmark,
  memoryBenchmark,
  startBenchmark,
  progressBenchmark,
  throughputBenchmark,
  sendsBenchmark,
  storesBenchmark,
  bundleBenchmark,
  costBenchmark,
];
