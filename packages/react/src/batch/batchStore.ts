import { getBatch, submitBatch } from "@streamer/client";
import type { ActionBatch, ActionClient, BatchOptions, BatchRef } from "@streamer/client";
import type { Action, InputOf } from "@streamer/protocol";
import { StrictModeSubmissions, submissionKey } from "../request/strictModeSubmissions.ts";
import { StoreListeners } from "../storeListeners.ts";
import { NO_BATCH } from "./batchState.ts";
import type { BatchItemOf, BatchStateOf } from "./batchState.ts";

/**
 * The batch of one action that a component shows: one that it submits, or one that it resumes. The batch itself tells of changes once in a
 * frame of the screen at most.
 */
export class BatchStore<A extends Action> {
  readonly #action: ActionClient<A>;
  readonly #submissions = new StrictModeSubmissions<ActionBatch<A>>();
  readonly #listeners = new StoreListeners({ onFirst: () => this.#listen(), onLast: () => this.#stop() });
  #batch: ActionBatch<A> | undefined;
  #stopListening: (() => void) | undefined;
  #shown: { readonly batch: ActionBatch<A>; readonly state: object; readonly items: object; readonly all: BatchStateOf<A> } | undefined;
  #resumedId: string | undefined;

  constructor(action: ActionClient<A>) {
    this.#action = action;
  }

  readonly subscribe = (run: () => void): (() => void) => {
    const stop = this.#listeners.subscribe(run);
    return () => {
      this.#submissions.unmounted();
      stop();
    };
  };

  /** The same object until something has changed. */
  readonly getState = (): BatchStateOf<A> => {
    const batch = this.#batch;
    // It has no items, so it is one of any action.
    if (batch === undefined) return NO_BATCH as BatchStateOf<A>;
    const { state, ref, size, id } = batch;
    const items = batch.items as readonly BatchItemOf<A>[];
    if (this.#shown?.batch !== batch || this.#shown.state !== state || this.#shown.items !== items) {
      this.#shown = { batch, state, items, all: { ...state, items, id, ref, size } };
    }
    return this.#shown.all;
  };

  readonly submit = (inputs: readonly InputOf<A>[], options: BatchOptions = {}): ActionBatch<A> => {
    const key = submissionKey(inputs, { ...options, signal: undefined });
    const batch = this.#submissions.repeated(key) ?? submitBatch(this.#action, inputs, options);
    this.#submissions.submitted(key, batch);
    this.#follow(batch);
    return batch;
  };

  readonly cancel = (reason?: string): Promise<void> => {
    if (this.#batch === undefined) return Promise.resolve();
    this.#submissions.cancelled(this.#batch);
    // Given on as it is: the handle's promise may be left alone, one made of it may not.
    return this.#batch.cancel(reason);
  };

  readonly reset = (): void => this.#follow(undefined);

  /** Does nothing for the batch that was resumed last: effects run again without a reason of ours. */
  resume(ref: BatchRef | undefined): void {
    if (ref?.id === this.#resumedId) return;
    this.#resumedId = ref?.id;
    if (ref !== undefined && ref.id !== this.#batch?.id) this.#follow(getBatch(this.#action, ref));
  }

  /** Shows this batch from now on, or none. What was shown before goes on unwatched. */
  #follow(batch: ActionBatch<A> | undefined): void {
    if (batch === this.#batch) return;
    this.#stop();
    this.#batch = batch;
    if (this.#listeners.size > 0) this.#listen();
    // What a user has just done is seen at once.
    this.#listeners.tell();
  }

  #listen(): void {
    this.#stopListening ??= this.#batch?.onChange(() => this.#listeners.tell());
  }

  #stop(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
  }
}
