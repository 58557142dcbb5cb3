import type { Action } from "@streamer/protocol";

/** Requests that failed together must not come back together: ±25 %. */
const JITTER = 0.25;
/**
 * No delay is longer, jitter included: a message waits for its next attempt in the queue.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
const MAX_VISIBILITY_MS = 12 * 3_600_000;

/**
 * How long a request waits after an attempt that failed, in whole ms: `minDelayMs × factor^(attempt − 1)`, at most `maxDelayMs`, and then
 * up to a quarter more or less; never over 12 hours.
 *
 * @param attempt How many attempts there were that count, the failed one included; below 1 counts as 1.
 * @param random Gives 0 ≤ n < 1.
 */
export function retryDelayMs(policy: Action["retry"], attempt: number, random: () => number): number {
  // Bounded, as 0 × Infinity is no number.
  const growth = Math.min(policy.factor ** Math.max(0, attempt - 1), Number.MAX_SAFE_INTEGER);
  const delayMs = Math.min(policy.maxDelayMs, policy.minDelayMs * growth);
  return Math.round(Math.min(MAX_VISIBILITY_MS, delayMs * (1 - JITTER + 2 * JITTER * random())));
}
