/** Steps of a bucket: eight to a doubling, so that a percentile is off by at most some 5 percent. */
const STEPS_PER_DOUBLING = 8;
const BUCKETS = 220;

export interface Percentiles {
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
}

/** Counts of times by their length, in buckets that grow with it: of any number of times the same little memory. */
export interface Latencies {
  /** @param ms 0 or more; less counts as 0, and more than some 50 hours as that. */
  add(ms: number): void;
  addTo(sums: Float64Array): void;
  clear(): void;
}

export function createLatencies(): Latencies {
  let counts: Uint32Array | undefined;
  return {
    add(ms) {
      const bucket = Math.min(BUCKETS - 1, Math.round(Math.log2(Math.max(0, ms) + 1) * STEPS_PER_DOUBLING));
      counts ??= new Uint32Array(BUCKETS);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    },
    addTo(sums) {
      counts?.forEach((count, bucket) => (sums[bucket] = (sums[bucket] ?? 0) + count));
    },
    clear() {
      counts?.fill(0);
    },
  };
}

/** Of all of them together; nothing when nothing was counted. */
export function percentilesOf(all: readonly Latencies[]): Percentiles {
  const sums = new Float64Array(BUCKETS);
  for (const latencies of all) latencies.addTo(sums);
  const total = sums.reduce((sum, count) => sum + count, 0);
  if (total === 0) return {};
  const at = (share: number): number => {
    let seen = 0;
    const bucket = sums.findIndex((count) => (seen += count) >= share * total);
    return Math.round((2 ** (bucket / STEPS_PER_DOUBLING) - 1) * 10) / 10;
  };
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}
