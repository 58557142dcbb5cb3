"use client";

import type { ActionBatch, ActionClient, BatchOptions, BatchRef } from "@streamer/client";
import type { Action, InputOf } from "@streamer/protocol";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useStoreFor } from "../useStoreFor.ts";
import { NO_BATCH } from "./batchState.ts";
import type { BatchStateOf } from "./batchState.ts";
import { BatchStore } from "./batchStore.ts";

/** Which batch `useBatch` shows. */
export interface UseBatchOptions {
  /**
   * The `ref` of a batch to go on with, as after a reload. One with another id shows that batch instead; `undefined` leaves what is shown. Need
   * not be the same object in each rendering. What is no ref throws, as `getBatch` does.
   */
  readonly resume?: BatchRef | undefined;
}

/** The functions are the same in each rendering. */
export type UseBatchResult<A extends Action> = BatchStateOf<A> & {
  /**
   * Sends a batch and shows it from now on; one that was shown before goes on unwatched. Call it in event handlers; in an effect it sends
   * once in StrictMode too.
   *
   * @returns the batch's handle. Its `ref` is known at once: keep it to resume the batch.
   * @throws as `submitBatch`.
   */
  readonly submit: (inputs: readonly InputOf<A>[], options?: BatchOptions) => ActionBatch<A>;
  /**
   * Asks that all items which have not ended end early; does nothing when there is no batch. Nobody need wait for its promise.
   *
   * @throws {AnyStreamerError} as `BatchHandle.cancel`.
   */
  readonly cancel: (reason?: string) => Promise<void>;
  /** Shows no batch again. It goes on: `cancel` first when it should not. */
  readonly reset: () => void;
};

/**
 * Submits batches of an action and shows the last one, with all its items. It renders at most once for a frame of the screen, however many
 * messages come.
 *
 * ```tsx
 * const batch = useBatch(api.processData, { resume: savedRef });
 * <button onClick={() => batch.submit(files)}>Process</button>
 * <progress max={100} value={batch.percentage} />
 * ```
 *
 * A component that is unmounted stops watching; the batch goes on, what is not sent yet is sent. Needs no `StreamerProvider`.
 */
export function useBatch<A extends Action>(action: ActionClient<A>, options: UseBatchOptions = {}): UseBatchResult<A> {
  const { resume } = options;
  const store = useStoreFor([action], () => new BatchStore(action));
  const state = useSyncExternalStore<BatchStateOf<A>>(store.subscribe, store.getState, getServerState<A>);
  useEffect(() => store.resume(resume), [store, resume]);
  return useMemo(() => ({ ...state, submit: store.submit, cancel: store.cancel, reset: store.reset }), [state, store]);
}

function getServerState<A extends Action>(): BatchStateOf<A> {
  // It has no items, so it is one of any action.
  return NO_BATCH as BatchStateOf<A>;
}
