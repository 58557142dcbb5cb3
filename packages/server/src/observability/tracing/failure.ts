import { StreamerError } from "@streamer/protocol";
import type { ErrorCode } from "@streamer/protocol";

/** What a trace holds of an error. `error`: the caller's; `fault`: ours; `throttle`: too much at once. X-Ray counts them apart. */
export interface TracedFailure {
  readonly kind: "error" | "fault" | "throttle";
  /** Its class. */
  readonly type: string;
  /** A code of the protocol, or Node's. */
  readonly code: string | undefined;
}

/** Codes of the protocol that are nobody's mistake but ours. All others are answers to what a client did. */
const FAULTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "INTERNAL_ERROR",
  "SERVICE_UNAVAILABLE",
  "PROCESSING_FAILED",
  "RESULT_TOO_LARGE",
  "TIMEOUT",
  "WORKER_LOST",
  "EXPIRED",
]);
const IDENTIFIER = /^[A-Za-z_$][\w$.-]{0,63}$/;

/** An error by its class and code. Its text, which may quote what it failed on, is not looked at. */
export function tracedFailure(error: unknown): TracedFailure {
  const code: unknown = fieldOf(error, "code");
  const type = error instanceof Error ? identifier(error.name) : undefined;
  return { kind: kindOf(error), type: type ?? (error instanceof Error ? "Error" : typeof error), code: identifier(code) };
}

function kindOf(error: unknown): TracedFailure["kind"] {
  if (error instanceof StreamerError) {
    if (error.code === "RATE_LIMITED") return "throttle";
    return FAULTS.has(error.code) ? "fault" : "error";
  }
  const status = fieldOf(fieldOf(error, "$metadata"), "httpStatusCode");
  const throttled = fieldOf(fieldOf(error, "$retryable"), "throttling") === true || status === 429;
  if (throttled) return "throttle";
  return typeof status === "number" && status >= 400 && status < 500 ? "error" : "fault";
}

function fieldOf(holder: unknown, name: string): unknown {
  return typeof holder === "object" && holder !== null ? Reflect.get(holder, name) : undefined;
}

function identifier(value: unknown): string | undefined {
  return typeof value === "string" && IDENTIFIER.test(value) ? value : undefined;
}
