export interface BackoffConfig {
  /** Delay before the first retry; doubles each time. Default 100 ms (S-031). */
  readonly minDelayMs?: number;
  /** The longest delay, before the jitter. Default 5,000 ms (S-032). */
  readonly maxDelayMs?: number;
}

/** Retries of many senders must not fall on the same moment: ±25 % (S-033). */
const JITTER = 0.25;

/** The delay before a retry, in ms; `retry` counts from 0. `random` gives 0 ≤ n < 1. */
export function createBackoff(config: BackoffConfig, random: () => number): (retry: number) => number {
  const { minDelayMs = 100, maxDelayMs = 5_000 } = config;
  return (retry) => Math.min(maxDelayMs, minDelayMs * 2 ** retry) * (1 - JITTER + 2 * JITTER * random());
}
