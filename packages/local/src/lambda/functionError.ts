/**
 * Why a function gave no result.
 *
 * - `init`: the module's top level failed, or does not export the handler.
 * - `init_timeout`: the module's top level took too long, twice.
 * - `handler`: the handler threw, rejected, or returned what JSON cannot hold.
 * - `timeout`: the handler ran longer than the function's timeout and was killed.
 * - `crash`: the process ended under the handler: an uncaught exception, an unhandled rejection, `process.exit`, no memory left.
 * - `pending_work`: the handler returned while work it had started was still going on.
 * - `request_too_large`, `response_too_large`: over Lambda's 6 MB.
 * - `throttled`: no sandbox was free for it in time; it never ran.
 * - `stopped`: the pool was stopped.
 */
export type FunctionErrorKind =
  | "init"
  | "init_timeout"
  | "handler"
  | "timeout"
  | "crash"
  | "pending_work"
  | "request_too_large"
  | "response_too_large"
  | "throttled"
  | "stopped";

/** An error as it can cross from a sandbox: what Lambda reports of a failed invocation. */
export interface ReportedError {
  /** The error's name, or a name of Lambda's own such as `Runtime.ExitError`. */
  readonly errorType: string;
  readonly errorMessage: string;
  /** The stack in the function, where it has one. */
  readonly trace?: string | undefined;
}

export interface FunctionErrorDetails extends ReportedError {
  readonly functionName: string;
  /** The invocation's id; absent when no invocation was under way. */
  readonly requestId?: string | undefined;
}

/** A function failed. Decide by `kind`, never by the text. */
export class FunctionError extends Error {
  readonly kind: FunctionErrorKind;
  readonly functionName: string;
  readonly requestId: string | undefined;
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: string | undefined;

  constructor(kind: FunctionErrorKind, details: FunctionErrorDetails) {
    super(`Function ${details.functionName} failed (${kind}): ${details.errorType}: ${details.errorMessage}`);
    this.name = "FunctionError";
    this.kind = kind;
    this.functionName = details.functionName;
    this.requestId = details.requestId;
    this.errorType = details.errorType;
    this.errorMessage = details.errorMessage;
    this.trace = details.trace;
  }
}

/** What Lambda's Node.js runtime makes of whatever was thrown. */
export function describeThrown(thrown: unknown): ReportedError {
  if (thrown instanceof Error) return { errorType: thrown.name, errorMessage: thrown.message, trace: thrown.stack };
  return { errorType: typeof thrown, errorMessage: String(thrown) };
}
