import type { BatchItem, BatchRef, BatchState } from "@streamer/client";
import type { Action, ChunkOf } from "@streamer/protocol";
import type { DataOf, MetadataOf } from "../request/actionTypes.ts";

/** One item of a batch of this action. */
export type BatchItemOf<A extends Action> = BatchItem<DataOf<A>, MetadataOf<A>, ChunkOf<A>>;

/** A batch, as a component shows it. `id` is undefined while there is none. */
export type BatchStateOf<A extends Action> = BatchState & {
  readonly items: readonly BatchItemOf<A>[];
  /** How many items it has. */
  readonly size: number;
} & (
    | { readonly id: undefined; readonly ref: undefined }
    /** `ref`: keep it to resume the batch. The same object as long as it is the same batch. */
    | { readonly id: string; readonly ref: BatchRef }
  );

/** Before anything was submitted or resumed; and what a server renders. */
export const NO_BATCH: BatchStateOf<Action> = Object.freeze({
  id: undefined,
  ref: undefined,
  size: 0,
  items: [],
  percentage: 0,
  counts: Object.freeze({ submitting: 0, queued: 0, running: 0, retrying: 0, completed: 0, failed: 0, cancelled: 0, rejected: 0 }),
  done: false,
  stale: false,
  error: undefined,
});
