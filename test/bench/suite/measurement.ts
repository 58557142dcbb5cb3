/** What a figure counts. Ratios and multiples have none. */
export type Unit = "ms" | "per second" | "KB" | "USD" | "count" | "";

/** One number, beside what the same machine did in the same run without us, and what we hold it to. */
export interface Figure {
  /** Stable, for whoever compares two runs: `roundTrip.100.p50`. */
  readonly id: string;
  /** As a row of a table says it: "p50, 100 connections". */
  readonly what: string;
  readonly unit: Unit;
  readonly ours: number;
  /** Measured in turn with ours, on the same machine: never a number of another day. */
  readonly baseline?: { readonly what: string; readonly value: number };
  /** Of `ours / baseline` where there is a baseline, else of `ours`. */
  readonly goal?: { readonly atMost: number } | { readonly atLeast: number };
}

/** What one benchmark found. */
export interface Measurement {
  readonly benchmark: string;
  /** What was done, how often, with what: one or two sentences. */
  readonly how: string;
  readonly figures: readonly Figure[];
}

export interface BenchOptions {
  /** A few rounds of each: to see that it works, not for figures. */
  readonly quick: boolean;
  /** Where a benchmark says how far it is. */
  readonly say: (line: string) => void;
}

/** A benchmark has a world of its own, and leaves nothing behind. */
export interface Benchmark {
  readonly name: string;
  readonly title: string;
  run(options: BenchOptions): Promise<Measurement>;
}
