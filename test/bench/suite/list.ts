import { progressBenchmark, throughputBenchmark } from "../async/benchmark.ts";
import { bundleBenchmark } from "../bundle/benchmark.ts";
import { connectBenchmark } from "../connections/benchmark.ts";
import { costBenchmark } from "../cost/benchmark.ts";
import { loadBenchmarks } from "../load/benchmark.ts";
import { memoryBenchmark } from "../memory/benchmark.ts";
import { sendsBenchmark } from "../sends/benchmark.ts";
import { startBenchmark } from "../start/benchmark.ts";
import { storesBenchmark } from "../stores/benchmark.ts";
import { roundTripBenchmark } from "../sync/benchmark.ts";
import type { BenchmarkList } from "./chooseBenchmarks.ts";

/** Every benchmark, in the order of the page. Those of load take minutes and all of the machine: they are run when they are named. */
export const benchmarkList: BenchmarkList = {
  byDefault: [
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
  ],
  byName: loadBenchmarks,
};
