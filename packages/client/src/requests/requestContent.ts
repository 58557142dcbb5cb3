import { MAX_FRAME_BYTES, byteLength } from "@streamer/protocol";
import { encodeFrame, encodeMessage } from "../encodeFrame.ts";
import { splitRequest } from "./payloadUpload.ts";
import type { LargeRequest, RequestInput } from "./payloadUpload.ts";

/** What a request of this client is. `frame` is the `request` message as a whole, by which it is told from another under the same id. */
export type RequestContent =
  | { readonly kind: "message"; readonly frame: string; readonly sizeBytes: number }
  /** Too large for a frame: its payload is uploaded. */
  | { readonly kind: "large"; readonly frame: string; readonly sizeBytes: number; readonly large: LargeRequest }
  /** It was sent before, perhaps elsewhere. `after`: the last update that is not wanted. */
  | { readonly kind: "known"; readonly after: number; readonly sizeBytes: 0 };

/**
 * @throws {InvalidMessageError} when it does not fit the protocol.
 * @throws {PayloadTooLargeError} as `splitRequest`.
 */
export function contentOf(message: RequestInput): RequestContent {
  const frame = encodeMessage(message);
  const sizeBytes = byteLength(frame);
  return sizeBytes <= MAX_FRAME_BYTES
    ? { kind: "message", frame, sizeBytes }
    : { kind: "large", frame, sizeBytes, large: splitRequest(message, sizeBytes) };
}

/** @throws {InvalidMessageError} when the id, or `after`, is none. */
export function knownContent(id: string, after: number): RequestContent {
  encodeFrame({ type: "subscribe", request_id: id, after });
  return { kind: "known", after, sizeBytes: 0 };
}
