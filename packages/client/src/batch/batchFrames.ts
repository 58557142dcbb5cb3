import { MAX_BATCH_MESSAGE_ITEMS, MAX_FRAME_BYTES, MAX_MESSAGE_NESTING, byteLength, isNestedDeeper } from "@streamer/protocol";
import type { BatchMessage } from "@streamer/protocol";
import type { ItemRecord } from "./itemRecord.ts";

export type BatchFrameKind = BatchMessage["reply_to"];

export interface BatchFrame {
  readonly kind: BatchFrameKind;
  /** The items it asks something for. */
  readonly items: readonly ItemRecord[];
  readonly text: string;
}

/** The same in all frames of a batch. */
export interface BatchEnvelope {
  readonly batch_id: string;
  readonly action: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly correlation_id?: string;
  readonly traceparent?: string;
}

/** The message, the list of payloads, and what is in a payload. */
const MAX_INPUT_NESTING = MAX_MESSAGE_NESTING - 2;

/** Whether an input is sent in a request of its own: it is too large for a frame, or so deep that the server would refuse the whole frame. */
export function goesAlone(text: string, envelope: BatchEnvelope): boolean {
  return byteLength(submitText(envelope, 999, [text])) > MAX_FRAME_BYTES || isNestedDeeper(text, MAX_INPUT_NESTING);
}

/** The first items in a row that are wanted, as many as a frame takes. `undefined` when none is. */
export function submitFrame(envelope: BatchEnvelope, items: readonly ItemRecord[], isWanted: (item: ItemRecord) => boolean) {
  const first = items.findIndex(isWanted);
  if (first < 0) return undefined;
  const taken: ItemRecord[] = [];
  const texts: string[] = [];
  let sizeBytes = byteLength(submitText(envelope, first, []));
  for (const item of items.slice(first, first + MAX_BATCH_MESSAGE_ITEMS)) {
    const { text } = item;
    if (text === undefined || !isWanted(item)) break;
    sizeBytes += byteLength(text) + 1;
    if (sizeBytes > MAX_FRAME_BYTES && taken.length > 0) break;
    taken.push(item);
    texts.push(text);
  }
  return { kind: "submit_batch", items: taken, text: submitText(envelope, first, texts) } satisfies BatchFrame;
}

/** How many items that are not wanted are asked for with those on both sides of them: that costs less than another message. */
const MAX_SKIPPED = 20;

/** One range over the first items that are wanted. */
export function rangeFrame(
  kind: "subscribe_batch" | "cancel_batch",
  batchId: string,
  items: readonly ItemRecord[],
  isWanted: (item: ItemRecord) => boolean,
  reason?: string,
): BatchFrame | undefined {
  const first = items.findIndex(isWanted);
  if (first < 0) return undefined;
  const wanted: ItemRecord[] = [];
  let last = first;
  for (const item of items.slice(first, first + MAX_BATCH_MESSAGE_ITEMS)) {
    if (item.n - last > MAX_SKIPPED + 1) break;
    if (!isWanted(item)) continue;
    wanted.push(item);
    last = item.n;
  }
  const count = last - first + 1;
  // `undefined` is left out.
  return { kind, items: wanted, text: JSON.stringify({ type: kind, batch_id: batchId, first, count, reason }) };
}

/** The inputs are JSON already. */
function submitText(envelope: BatchEnvelope, first: number, texts: readonly string[]): string {
  const head = JSON.stringify({ type: "submit_batch", ...envelope, first });
  return `${head.slice(0, -1)},"payloads":[${texts.join(",")}]}`;
}
