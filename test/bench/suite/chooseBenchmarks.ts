import type { Benchmark } from "./measurement.ts";

/** What there is to run: all that are run when none is named, and those that must be named. */
export interface BenchmarkList {
  readonly byDefault: readonly Benchmark[];
  readonly byName: readonly Benchmark[];
}

/** The command line names what there is not. */
export class UnknownBenchmarkError extends Error {
  override readonly name = "UnknownBenchmarkError";

  constructor(unknown: readonly string[], { byDefault, byName }: BenchmarkList) {
    const names = (benchmarks: readonly Benchmark[]): string => benchmarks.map(({ name }) => name).join(", ");
    const only = byName.length === 0 ? "" : `; only when named: ${names(byName)}`;
    super(`There is no benchmark "${unknown.join('", "')}". There are: ${names(byDefault)}${only}.`);
  }
}

/** @throws {UnknownBenchmarkError} */
export function chooseBenchmarks(list: BenchmarkList, names: readonly string[]): readonly Benchmark[] {
  if (names.length === 0) return list.byDefault;
  const all = [...list.byDefault, ...list.byName];
  const unknown = names.filter((name) => !all.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) throw new UnknownBenchmarkError(unknown, list);
  return all.filter(({ name }) => names.includes(name));
}
