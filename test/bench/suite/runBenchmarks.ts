import type { BenchOptions, Benchmark, Figure, Measurement } from "./measurement.ts";

export interface Outcome {
  readonly measurements: readonly Measurement[];
  /** Names of those that broke, and why. */
  readonly broken: readonly { readonly name: string; readonly error: Error }[];
}

/** One after the other, as each takes the whole machine. One that breaks does not keep the others from running. */
export async function runBenchmarks(
  benchmarks: readonly Benchmark[],
  options: BenchOptions,
  onMeasured: (benchmark: Benchmark, measurement: Measurement) => void,
): Promise<Outcome> {
  const measurements: Measurement[] = [];
  const broken: { name: string; error: Error }[] = [];
  for (const benchmark of benchmarks) {
    options.say(`${benchmark.name}: ${benchmark.title}`);
    try {
      const measurement = await benchmark.run(options);
      checkFigures(measurement.figures);
      measurements.push(measurement);
      onMeasured(benchmark, measurement);
    } catch (thrown) {
      broken.push({ name: benchmark.name, error: thrown instanceof Error ? thrown : new Error(String(thrown)) });
    }
  }
  return { measurements, broken };
}

/** @throws when a figure cannot be: no number, or less than nothing. It would be judged, and stored, as something else. */
function checkFigures(figures: readonly Figure[]): void {
  const ids = new Set<string>();
  for (const { id, ours, baseline } of figures) {
    if (!(ours >= 0 && ours < Infinity) || (baseline !== undefined && !(baseline.value > 0 && baseline.value < Infinity)))
      throw new Error(`The figure "${id}" is ${ours}, beside ${baseline?.value ?? "nothing"}. Nothing was measured?`);
    if (ids.has(id)) throw new Error(`There are two figures "${id}".`);
    ids.add(id);
  }
}
