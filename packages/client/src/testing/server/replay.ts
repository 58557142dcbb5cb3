import { MAX_FRAME_BYTES, ValidationError, byteLength } from "@streamer/protocol";
import type { GapMessage, ServerMessage, UpdateMessage } from "@streamer/protocol";
import type { RequestRecord } from "./requestRecord.ts";

/** What a page leaves for the frame around the updates. */
const ENVELOPE_BYTES = 512;

/**
 * The answer to a `subscribe`: a page of the log after `after`, and the outcome with the last page when the request has ended.
 *
 * @throws {ValidationError} when `after` is beyond the log.
 */
export function replay(request: RequestRecord, after: number): ServerMessage {
  if (after > request.log.last) {
    const message = `must be at most ${request.log.last}, the last sequence of the request; it is ${after}`;
    throw new ValidationError({ details: { issues: [{ path: "after", message }] } });
  }
  const stored = request.updates.filter((update) => update.sequence > after);
  const updates = fitting(stored);
  const more = updates.length < stored.length;
  const gap = gapBefore(stored[0], after, request);
  const outcome = more ? undefined : request.outcome();
  return {
    type: "subscribed",
    request_id: request.id,
    status: request.status,
    ...(gap === undefined ? {} : { gap }),
    updates: [...updates],
    more,
    ...request.traced,
    ...(outcome === undefined ? {} : { outcome }),
  };
}

/** What was forgotten between `after` and the first update that is left. Only the oldest can have been. */
function gapBefore(first: UpdateMessage | undefined, after: number, request: RequestRecord): GapMessage | undefined {
  const to = first?.previous ?? request.log.last;
  if (to <= after) return undefined;
  const { newest } = request.log;
  const snapshot = newest && { percentage: newest.percentage, message: newest.message, timestamp: newest.timestamp };
  return { type: "gap", request_id: request.id, from: after + 1, to, ...(snapshot === undefined ? {} : { snapshot }) };
}

/** As many as a frame of 32 KB holds, at least one. */
function fitting(updates: readonly UpdateMessage[]): readonly UpdateMessage[] {
  let sizeBytes = ENVELOPE_BYTES;
  const end = updates.findIndex((update, index) => {
    sizeBytes += byteLength(JSON.stringify(update)) + 1;
    return index > 0 && sizeBytes > MAX_FRAME_BYTES;
  });
  return end === -1 ? updates : updates.slice(0, end);
}
