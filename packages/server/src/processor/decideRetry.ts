import { StreamerError } from "@streamer/protocol";
import type { Action } from "@streamer/protocol";
import { retryDelayMs } from "../retry/retryDelay.ts";
import type { Retry } from "../table/requestVerbs.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import { RetryableError, StepInProgressError, TerminalError } from "./errors.ts";

/** SQS's longest visibility timeout, and with it the longest wait for an attempt. */
const MAX_DELAY_MS = 12 * 3_600_000;

export interface DecideRetryDeps {
  readonly now: number;
  readonly random: () => number;
}

/**
 * Whether a request is tried again after its attempt failed, and when; `undefined` when it is not. Decided by the error's class or code:
 * a `TerminalError` and the protocol's errors that are not retryable are final, all else is tried again while attempts are left.
 */
export function decideRetry(
  error: unknown,
  request: StoredRequest,
  policy: Action["retry"],
  { now, random }: DecideRetryDeps,
): Retry | undefined {
  const reason = reasonOf(error);
  // Nothing was done in this attempt that another could not do: it is not held against the request.
  if (error instanceof StepInProgressError) return { at: Math.max(now, error.until), reason, uncounted: true };
  if (error instanceof TerminalError || (error instanceof StreamerError && !error.retryable)) return undefined;
  const counted = request.attempt - request.uncountedAttempts;
  if (counted >= policy.attempts) return undefined;
  const asked = error instanceof RetryableError ? error.retryAfterMs : undefined;
  const delayMs = asked === undefined ? retryDelayMs(policy, counted, random) : Math.min(asked, MAX_DELAY_MS);
  return { at: now + Math.round(delayMs), reason };
}

/** Why an attempt failed, for operators: the error that is at the bottom of a public one. */
export function reasonOf(error: unknown): string {
  const inner = error instanceof StreamerError && error.cause !== undefined ? error.cause : error;
  return inner instanceof Error ? `${inner.name}: ${inner.message}` : `thrown: ${String(inner)}`;
}
