import { durationMs } from "@streamer/protocol";
import type { Duration } from "@streamer/protocol";
import type { WorkErrorOptions } from "../retry/terminalError.ts";

export { TerminalError } from "../retry/terminalError.ts";
export type { WorkErrorOptions } from "../retry/terminalError.ts";

/** What a `RetryableError` carries, and when the work may be tried again. */
export interface RetryableErrorOptions extends WorkErrorOptions {
  /** When the next attempt may start, such as what a `Retry-After` header says. At most 12 hours. Default: the action's backoff. */
  readonly retryAfter?: Duration | undefined;
}

/**
 * Thrown by a processor's work to be tried again, if attempts are left. Any other error that is not of the protocol is tried again too; this
 * one can say when.
 *
 * @throws {RangeError} when `retryAfter` is no duration.
 */
export class RetryableError extends Error {
  override readonly name = "RetryableError";
  readonly details: Record<string, unknown> | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { details, cause, retryAfter }: RetryableErrorOptions = {}) {
    super(message, { cause });
    this.details = details;
    this.retryAfterMs = retryAfter === undefined ? undefined : durationMs(retryAfter);
  }
}

/** A step of this request may still run in an earlier attempt. Trying again before `until` (ms since 1970) is useless. */
export class StepInProgressError extends Error {
  override readonly name = "StepInProgressError";
  readonly until: number;

  constructor(step: string, until: number) {
    super(`The step "${step}" was begun by an earlier attempt and may still run until ${new Date(until).toISOString()}.`);
    this.until = until;
  }
}
