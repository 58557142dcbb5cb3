import { byteLength, MAX_MESSAGE_BYTES, ResultTooLargeError } from "@streamer/protocol";
import type { BatchItem, BatchMessage } from "@streamer/protocol";

/** What a message has around its items, with the longest id. */
const ENVELOPE_BYTES = 512;

/** The items of one answer, as many as it holds. */
export interface BatchPage {
  readonly items: readonly BatchItem[];
  /** Takes the next item, and the first in any case. Gives whether it did. */
  add(item: BatchItem): boolean;
}

export function createBatchPage(limitBytes: number): BatchPage {
  const items: BatchItem[] = [];
  let sizeBytes = ENVELOPE_BYTES;
  return {
    items,
    add(item) {
      const itemBytes = byteLength(JSON.stringify(item)) + 1;
      if (ENVELOPE_BYTES + itemBytes > MAX_MESSAGE_BYTES) return this.add(tooLarge(item.n, itemBytes));
      if (items.length > 0 && sizeBytes + itemBytes > limitBytes) return false;
      sizeBytes += itemBytes;
      items.push(item);
      return true;
    },
  };
}

/**
 * The answer about items that are done. As large as a message may be, and not a frame only: to ask again from `next` on would be to do them
 * again.
 */
export function batchReply(batchId: string, replyTo: BatchMessage["reply_to"], items: readonly BatchItem[]): BatchMessage {
  const page = createBatchPage(MAX_MESSAGE_BYTES);
  const next = items.find((item) => !page.add(item))?.n;
  return { type: "batch", batch_id: batchId, reply_to: replyTo, items: [...page.items], ...(next === undefined ? {} : { next }) };
}

/** As a single message that is too large is answered. */
function tooLarge(n: number, sizeBytes: number): BatchItem {
  return { n, error: new ResultTooLargeError({ details: { size_bytes: sizeBytes, limit_bytes: MAX_MESSAGE_BYTES } }).toBody() };
}
