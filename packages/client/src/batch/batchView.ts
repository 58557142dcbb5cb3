import type { AnyStreamerError, Clock, Timer } from "@streamer/protocol";
import { Listeners } from "../listeners.ts";
import type { Transport } from "../requests/outbox.ts";
import { quietPromise } from "../requests/settlement.ts";
import type { ItemRecord } from "./itemRecord.ts";
import type { BatchItem, BatchItemStatus, BatchResult, BatchState } from "./types.ts";

/** A frame of a screen. */
const PUBLISH_INTERVAL_MS = 16;

/** How a batch stands for those who hold it: what it shows, what it promises, who listens. */
export class BatchView {
  readonly changes = new Listeners<void>();
  readonly #items: readonly ItemRecord[];
  readonly #deps: { readonly clock: Clock; readonly transport: Transport };
  #timer: Timer | undefined;
  #accepted = quietPromise<void>();
  #results = quietPromise<readonly BatchResult[]>();
  #abandonedBy: AnyStreamerError | undefined;
  #isAccepted = false;
  #state: BatchState;
  #views: readonly BatchItem[];

  constructor(items: readonly ItemRecord[], deps: { readonly clock: Clock; readonly transport: Transport }) {
    this.#items = items;
    this.#deps = deps;
    this.#state = this.#compute();
    this.#views = items.map((item) => item.view());
  }

  /** The same object until something has changed. */
  get state(): BatchState {
    return this.#state;
  }

  get items(): readonly BatchItem[] {
    return this.#views;
  }

  get accepted(): Promise<void> {
    return this.#accepted.promise;
  }

  /** Of the present run: after a redrive it is another promise. */
  get results(): Promise<readonly BatchResult[]> {
    return this.#results.promise;
  }

  /** Publishes what is waited for at once, and all else soon. */
  changed(): void {
    if (this.#items.every((item) => item.ended) || (!this.#isAccepted && this.#items.every(isKnown))) this.publish();
    else this.changedSoon();
  }

  /** Publishes within a frame of the screen, however much changes until then. */
  changedSoon(): void {
    if (this.#abandonedBy === undefined) this.#timer ??= this.#deps.clock.after(PUBLISH_INTERVAL_MS, () => this.publish());
  }

  /** Shows what has changed, now. */
  publish(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const before = this.#state;
    const views = this.#items.map((item) => item.view());
    const itemsChanged = views.some((view, n) => view !== this.#views[n]);
    if (itemsChanged) this.#views = views;
    const state = this.#compute();
    // What an item is not shown by, such as that the server has it, may still be waited for.
    this.#promise(state, before);
    if (!itemsChanged && state.stale === before.stale && state.error === before.error) return;
    this.#state = state;
    this.changes.emit();
  }

  abandon(error: AnyStreamerError): void {
    this.#abandonedBy = error;
    this.publish();
    this.#accepted.reject(error);
    this.#results.reject(error);
  }

  #compute(): BatchState {
    const counts: Record<BatchItemStatus, number> = {
      submitting: 0,
      queued: 0,
      running: 0,
      retrying: 0,
      completed: 0,
      failed: 0,
      cancelled: 0,
      rejected: 0,
    };
    let shares = 0;
    let behind = false;
    let ended = 0;
    for (const item of this.#items) {
      counts[item.status] += 1;
      shares += item.share;
      if (item.ended) ended += 1;
      else if (item.doubted || item.taken) behind ||= item.doubted || item.toldOn === undefined || !this.#deps.transport.isOpen();
    }
    const done = ended === this.#items.length;
    return {
      percentage: shares / this.#items.length,
      counts,
      done,
      stale: !done && (behind || this.#abandonedBy !== undefined),
      error: done ? undefined : this.#abandonedBy,
    };
  }

  #promise(state: BatchState, before: BatchState): void {
    if (before.done && !state.done) this.#results = quietPromise();
    const isAccepted = this.#items.every(isKnown);
    // Those that were rejected are sent again.
    if (this.#isAccepted && !isAccepted) this.#accepted = quietPromise();
    if (isAccepted) this.#accepted.resolve();
    this.#isAccepted = isAccepted;
    if (state.done) this.#results.resolve(this.#views.map(resultOf));
  }
}

/** Whether the server has said of it that it has it, or will not. */
function isKnown(item: ItemRecord): boolean {
  return item.taken || item.ended;
}

function resultOf(item: BatchItem): BatchResult {
  const { n, id } = item;
  switch (item.status) {
    case "completed":
      return { n, id, status: item.status, data: item.data };
    case "failed":
    case "cancelled":
    case "rejected":
      return { n, id, status: item.status, error: item.error };
    default:
      throw new Error(`Item ${n} has not ended: it is ${item.status}.`);
  }
}
