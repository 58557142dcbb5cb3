/** How a connection ended, as `$disconnect` is told. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** Ten minutes of silence, two hours, or the gateway stops. */
export const GOING_AWAY: Closing = { code: 1001, reason: "Going away" };
/** DeleteConnection. */
export const CLOSED_NORMALLY: Closing = { code: 1000, reason: "Connection Closed Normally" };
export const BINARY_NOT_SUPPORTED: Closing = { code: 1003, reason: "Binary is not supported" };
export const TOO_BIG: Closing = { code: 1009, reason: "Message too big" };
/** The client left while its upgrade was completed, or the network broke. */
export const CLOSED_ABNORMALLY: Closing = { code: 1006, reason: "Connection Closed Abnormally" };

const PROTOCOL_ERROR: Closing = { code: 1002, reason: "Protocol error" };
/** Codes of the errors that `ws` closes for by itself, where they are not 1002. */
const RECEIVER_ERRORS: ReadonlyMap<string, Closing> = new Map([
  ["WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", TOO_BIG],
  ["WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH", TOO_BIG],
  ["WS_ERR_INVALID_UTF8", { code: 1007, reason: "Invalid UTF-8" }],
  ["WS_ERR_TOO_MANY_BUFFERED_PARTS", { code: 1008, reason: "Too many fragments" }],
]);

/** Why `ws` closes after `error`, or undefined when it was the network's error. */
export function closingOfReceiverError(error: Error): Closing | undefined {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return RECEIVER_ERRORS.get(code) ?? (code.startsWith("WS_ERR_") ? PROTOCOL_ERROR : undefined);
}

/** What API Gateway writes for closings that carry no words of their own. */
const DEFAULT_REASONS: ReadonlyMap<number, string> = new Map([
  [1000, CLOSED_NORMALLY.reason],
  [1001, GOING_AWAY.reason],
  [1005, "Client-side close frame status not set"],
  [1006, CLOSED_ABNORMALLY.reason],
]);

/** A closing that the client began. */
export function closingOfClient(code: number, reason: string): Closing {
  return { code, reason: reason === "" ? (DEFAULT_REASONS.get(code) ?? "") : reason };
}
