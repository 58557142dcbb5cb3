import { InvalidMessageError, MAX_FRAME_BYTES, PayloadTooLargeError, byteLength } from "@streamer/protocol";
import { wrongField } from "./wire/sentMessages.ts";
import type { SentMessage } from "./wire/sentMessages.ts";

/**
 * Writes a message as one frame. The size is checked here because the platform would close the whole connection for it.
 *
 * @throws {InvalidMessageError} when the message does not fit the protocol or cannot be written as JSON; `details.reason` says why.
 * @throws {PayloadTooLargeError} over 32 KB (32,768 bytes); `details` holds `size_bytes` and `limit_bytes`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export function encodeFrame(message: SentMessage): string {
  const text = encodeMessage(message);
  assertFits(byteLength(text), MAX_FRAME_BYTES);
  return text;
}

/** Writes a message of any size. @throws {InvalidMessageError} as `encodeFrame`. */
export function encodeMessage(message: SentMessage): string {
  const field = wrongField(message);
  if (field !== undefined) throw new InvalidMessageError({ details: { reason: `${field}: not as the protocol wants it` } });
  try {
    return JSON.stringify(message);
  } catch (cause) {
    throw new InvalidMessageError({ cause, details: { reason: cause instanceof Error ? cause.message : "not JSON" } });
  }
}

/** @throws {PayloadTooLargeError} beyond the limit. */
export function assertFits(sizeBytes: number, limitBytes: number): void {
  if (sizeBytes > limitBytes) throw new PayloadTooLargeError({ details: { size_bytes: sizeBytes, limit_bytes: limitBytes } });
}
