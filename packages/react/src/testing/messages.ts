import { StreamerError } from "@streamer/protocol";
import type { ErrorCode, ServerMessage } from "@streamer/protocol";

interface Step {
  readonly id?: string;
  readonly attempt?: number;
  /** The step of the same attempt before it; for the first of a later attempt, the last of the one before. */
  readonly previous?: number;
  readonly percentage?: number;
}

export function sequenceOf(n: number, attempt = 1): number {
  return attempt * 1_000_000 + n;
}

function line(n: number, { id = "r1", attempt = 1, previous }: Step) {
  const sequence = sequenceOf(n, attempt);
  return { request_id: id, sequence, previous: previous ?? (n === 1 ? 0 : sequence - 1), attempt };
}

/** The n-th update of an attempt, as progress of n percent. */
export function progress(n: number, step: Step = {}) {
  const stage = n < 50 ? "query" : "render";
  const { percentage = n } = step;
  return { type: "progress", ...line(n, step), percentage, message: `step ${n}`, metadata: { stage }, timestamp: 1_711_929_600 } as const;
}

/** The n-th update of an attempt, as a chunk. */
export function chunk(n: number, lines: readonly string[], step: Step = {}) {
  return { type: "chunk", ...line(n, step), data: lines.map((text) => ({ line: text })) } as const;
}

export function acknowledgment(id = "r1"): ServerMessage {
  return { type: "acknowledgment", request_id: id, status: "pending" };
}

export function complete(data: unknown = { url: "https://files.example/1" }, id = "r1"): ServerMessage {
  return { type: "complete", request_id: id, result: { success: true, data }, timestamp: 1_711_929_600 };
}

export function failure(code: ErrorCode, id = "r1"): ServerMessage {
  return { type: "error", request_id: id, error: errorBody(code), final: true };
}

/** What refuses the frame that names this request. */
export function refusal(code: ErrorCode, id = "r1"): ServerMessage {
  return { type: "error", request_id: id, error: errorBody(code) };
}

function errorBody(code: ErrorCode) {
  const { message, retryable } = new StreamerError(code);
  return { code, message, retryable };
}
