export interface BackoffOptions {
  /** Wait before the second attempt. Default 100 ms. */
  readonly initialDelayMs?: number;
  /** No wait is longer. Default 30,000 ms. */
  readonly maxDelayMs?: number;
}

/**
 * Milliseconds to wait after so many failed attempts (1 and up): doubling, without jitter, so that tests can advance a clock by it.
 *
 * Own code because cockatiel's waits run on the machine's timers, and time is a dependency here.
 */
export function backoffMs(failedAttempts: number, options: BackoffOptions = {}): number {
  const { initialDelayMs = 100, maxDelayMs = 30_000 } = options;
  return Math.min(maxDelayMs, initialDelayMs * 2 ** (failedAttempts - 1));
}
