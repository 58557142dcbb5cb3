import { ServiceUnavailableError } from "@streamer/protocol";
import { unlessAborted } from "../requests/settlement.ts";
import type { Batch } from "./batch.ts";
import type { BatchView } from "./batchView.ts";
import type { BatchHandle, BatchItem, BatchResult, BatchState } from "./types.ts";

/** @param onDispose called once. */
export function createBatchHandle<Data, Metadata, Chunk>(batch: Batch, onDispose: () => void): BatchHandle<Data, Metadata, Chunk> {
  const { id, size, view } = batch;
  // The action's definition says what these are; the server has checked them.
  const items = (): readonly BatchItem<Data, Metadata, Chunk>[] => view.items as readonly BatchItem<Data, Metadata, Chunk>[];
  return {
    id,
    size,
    ref: Object.freeze({ id, size }),
    get state() {
      return view.state;
    },
    get items() {
      return items();
    },
    item(n) {
      const item = items()[n];
      if (item === undefined) throw new RangeError(`The batch ${id} has the items 0 to ${size - 1}, and no item ${n}.`);
      return item;
    },
    onChange: (listener) => view.changes.add(listener),
    updates: ({ signal } = {}) => follow(view, signal),
    accepted: ({ signal } = {}) => unlessAborted(view.accepted, signal),
    results: ({ signal } = {}) => unlessAborted(view.results as Promise<readonly BatchResult<Data>[]>, signal),
    cancel: (reason) => batch.cancel(reason),
    dispose() {
      onDispose();
      batch.abandon(new ServiceUnavailableError({ details: { reason: "disposed" } }));
    },
  };
}

async function* follow(view: BatchView, signal: AbortSignal | undefined): AsyncGenerator<BatchState, void, undefined> {
  for (let last: BatchState | undefined; signal?.aborted !== true;) {
    const { state } = view;
    if (state === last) await nextChange(view, signal);
    else {
      last = state;
      yield state;
      if (state.done || state.error !== undefined) return;
    }
  }
}

/** Resolves at the next change, or when the signal is aborted. */
function nextChange({ changes }: BatchView, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      remove();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const remove = changes.add(done);
    signal?.addEventListener("abort", done);
  });
}
