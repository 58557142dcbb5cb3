import type { Benchmark } from "./measurement.ts";

/** The command line names what there is not. */
export class UnknownBenchmarkError extends Error {
  override readonly name = "UnknownBenchmarkError";

  constructor(unknown: readonly string[], list: readonly Benchmark[]) {
    super(`There is no benchmark "${unknown.join('", "')}". There are: ${list.map(({ name }) => name).join(", ")}.`);
  }
}

/**
 * Those that are named, in the order of the list; all when none is.
 *
 * @throws {UnknownBenchmarkError}
 */
export function chooseBenchmarks(list: readonly Benchmark[], names: readonly string[]): readonly Benchmark[] {
  if (names.length === 0) return list;
  const unknown = names.filter((name) => !list.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) throw new UnknownBenchmarkError(unknown, list);
  return list.filter(({ name }) => names.includes(name));
}
