export interface BackoffRange {
  readonly baseMs: number;
  readonly capMs: number;
}

/** Between two attempts to connect. */
export const RECONNECT_BACKOFF: BackoffRange = { baseMs: 100, capMs: 30_000 };

/** Between two sendings of a frame that the server could not take. */
export const RESEND_BACKOFF: BackoffRange = { baseMs: 1_000, capMs: 30_000 };

/**
 * Exponential backoff with full jitter: any delay from 0 to `baseMs` × 2^failures, at most `capMs`. Full, because clients that lost
 * their connections together should not come back together.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(range: BackoffRange, failures: number, random: () => number): number {
  return random() * Math.min(range.capMs, range.baseMs * 2 ** failures);
}
