import { byteLength, MAX_FRAME_BYTES, MAX_MESSAGE_BYTES } from "@streamer/protocol";
import type { GapMessage, OutcomeMessage, UpdateMessage } from "@streamer/protocol";
import type { RequestRef, StoredRequest } from "../table/storedRequest.ts";
import type { UpdateStore } from "../table/updateStore.ts";

/** Updates read for one page; fewer are sent when they are large. */
const PAGE_UPDATES = 200;
/** What a page leaves for the frame around the updates. */
const ENVELOPE_BYTES = 512;

/** What is in the log after a sequence. */
export interface ReplayPage {
  /** Whether the asked sequence, or any after it, is in the log. */
  readonly reaches: boolean;
  readonly updates: readonly UpdateMessage[];
  /** Whether the log has more than these. */
  readonly unread: boolean;
  /** The last of the updates that are missing before these; `undefined` when none is. */
  readonly missingTo: number | undefined;
}

/**
 * Reads one page of a request's log. It ends before updates that are missing, so that they are always missing at the beginning of a page.
 *
 * @param savedSequence the last that was stored at some time before this call: to tell an empty log from one that was emptied.
 */
export async function readPage(
  ref: RequestRef,
  after: number,
  savedSequence: number,
  updates: Pick<UpdateStore, "listAfter">,
): Promise<ReplayPage> {
  // From the asked sequence itself: with it in the log, it is known to have been stored.
  const read = (): Promise<readonly UpdateMessage[]> => updates.listAfter(ref, Math.max(0, after - 1), PAGE_UPDATES + 1);
  const nextOf = (found: readonly UpdateMessage[]): UpdateMessage | undefined => found.find(({ sequence }) => sequence > after);
  let found = await read();
  // A query and a write can meet so that of two new updates only the later is seen. What is missing a second time was deleted.
  if ((nextOf(found)?.previous ?? 0) > after) found = await read();
  const next = nextOf(found);
  const later = found.filter(({ sequence }) => sequence > after);
  const page = fitting(later);
  const missingTo = next === undefined ? savedSequence : next.previous;
  return {
    reaches: found.length > 0,
    updates: page,
    unread: page.length < later.length || found.length > PAGE_UPDATES,
    missingTo: missingTo > after ? missingTo : undefined,
  };
}

/** What the client is told of what is missing, and how far the work was when that was last saved. */
export function gapMessage({ requestId, lastProgress, lastMessage, lastUpdate }: StoredRequest, after: number, to: number): GapMessage {
  const gap = { type: "gap", request_id: requestId, from: after + 1, to } as const;
  if (lastProgress === undefined || lastMessage === undefined || lastUpdate === undefined) return gap;
  return { ...gap, snapshot: { percentage: lastProgress, message: lastMessage, timestamp: Math.floor(lastUpdate / 1000) } };
}

/** An outcome may be as large as a message: then it comes on a page of its own, after the updates and the gap. */
export function fitsBeside(updates: readonly UpdateMessage[], gap: GapMessage | undefined, outcome: OutcomeMessage | undefined): boolean {
  if (updates.length === 0 && gap === undefined) return true;
  return byteLength(JSON.stringify([updates, gap, outcome])) + ENVELOPE_BYTES <= MAX_MESSAGE_BYTES;
}

/** As many updates as a frame of 32 KB holds, at least one, and none beyond a missing one. */
function fitting(updates: readonly UpdateMessage[]): readonly UpdateMessage[] {
  let sizeBytes = ENVELOPE_BYTES;
  const end = updates.findIndex((update, index) => {
    sizeBytes += byteLength(JSON.stringify(update)) + 1;
    const before = updates[index - 1];
    return before !== undefined && (sizeBytes > MAX_FRAME_BYTES || update.previous > before.sequence);
  });
  return end === -1 ? updates : updates.slice(0, end);
}
