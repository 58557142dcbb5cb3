import { StreamerError } from "@streamer/client";
import type { AnyStreamerError, HandleStatus, ProgressUpdate, RequestHandle, Update } from "@streamer/client";
import { InternalError } from "@streamer/protocol";
import { IDLE } from "./requestState.ts";
import type { RequestState } from "./requestState.ts";

type OpenStatus = Exclude<HandleStatus, "completed" | "failed" | "cancelled">;

type Outcome<Data> = { readonly ok: true; readonly data: Data } | { readonly ok: false; readonly error: AnyStreamerError };

interface Reading {
  readonly stop: AbortController;
  phase: "updates" | "result";
}

export interface FollowEvents<Metadata> {
  /** `state()` may have changed. Comes often: coalesce. */
  onChange(): void;
  /** Once for each progress, in order. */
  onProgress(update: ProgressUpdate<Metadata>): void;
}

/**
 * What one handle has told so far. Can be stopped and started again, as components are unmounted and mounted: what came meanwhile is read
 * up, nothing twice.
 */
export class FollowedRequest<Data, Metadata, Chunk> {
  readonly handle: RequestHandle<Data, Metadata, Chunk>;
  readonly #events: FollowEvents<Metadata>;
  #stopListening: (() => void) | undefined;
  /** Set while updates or the result are waited for. */
  #reading: Reading | undefined;
  #outcome: Outcome<Data> | undefined;
  #openStatus: OpenStatus = "submitting";
  #lastSequence = 0;
  #updatesAttempt = 0;
  #progress: Pick<ProgressUpdate<Metadata>, "percentage" | "message" | "metadata"> | undefined;
  #incomplete = false;
  #chunks: readonly Chunk[] = IDLE.chunks;
  #newChunks: Chunk[] = [];

  constructor(handle: RequestHandle<Data, Metadata, Chunk>, events: FollowEvents<Metadata>) {
    this.handle = handle;
    this.#events = events;
  }

  start(): void {
    if (this.#stopListening !== undefined) return;
    this.#stopListening = this.handle.onChange(() => this.#onHandleChange());
    this.#onHandleChange();
  }

  /** What has been learned stays. The request goes on, and so does the handle. */
  stop(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#reading?.stop.abort();
    this.#reading = undefined;
  }

  state(): RequestState<Data, Metadata, Chunk> {
    const { handle } = this;
    if (isOpen(handle.status)) this.#openStatus = handle.status;
    const shown = {
      id: handle.id,
      stale: handle.stale,
      attempt: handle.attempt,
      retryAt: handle.retryAt,
      percentage: this.#progress?.percentage ?? 0,
      message: this.#progress?.message ?? "",
      metadata: this.#progress?.metadata,
      chunks: this.#allChunks(),
      incomplete: this.#incomplete,
    };
    const outcome = this.#outcome;
    // A handle shows its end a little before its last updates and its result can be read: here they come together.
    if (outcome === undefined) return { ...shown, status: this.#openStatus, data: undefined, error: undefined };
    if (outcome.ok) return { ...shown, status: "completed", percentage: 100, stale: false, data: outcome.data, error: undefined };
    const { error } = outcome;
    // The client was closed: how the request goes on is not learned any more.
    if (isOpen(handle.status)) return { ...shown, status: this.#openStatus, stale: true, data: undefined, error };
    return { ...shown, status: handle.status === "cancelled" ? "cancelled" : "failed", stale: false, data: undefined, error };
  }

  #onHandleChange(): void {
    const ended = !isOpen(this.handle.status);
    // An open request that had ended is one that an operator has started again.
    const wanted = this.#reading === undefined ? this.#outcome === undefined || !ended : this.#reading.phase === "result" && !ended;
    if (wanted) {
      this.#reading?.stop.abort();
      void this.#read();
    }
    this.#events.onChange();
  }

  /** Never rejects. Updates first, as the end is the last of a request. */
  async #read(): Promise<void> {
    const stop = new AbortController();
    const { signal } = stop;
    const reading: Reading = { stop, phase: "updates" };
    this.#reading = reading;
    this.#outcome = undefined;
    for await (const update of this.handle.updates({ signal })) {
      if (signal.aborted) return;
      this.#take(update);
    }
    if (signal.aborted) return;
    reading.phase = "result";
    const outcome = await outcomeOf(this.handle.result({ signal }));
    if (signal.aborted) return;
    this.#reading = undefined;
    this.#outcome = outcome;
    this.#events.onChange();
  }

  #take(update: Update<Metadata, Chunk>): void {
    if (update.sequence <= this.#lastSequence) return;
    this.#lastSequence = update.sequence;
    if (update.attempt > this.#updatesAttempt) {
      this.#updatesAttempt = update.attempt;
      this.#chunks = IDLE.chunks;
      this.#newChunks = [];
      this.#incomplete = false;
    }
    switch (update.type) {
      case "progress":
        this.#progress = update;
        this.#events.onProgress(update);
        break;
      case "chunk":
        this.#newChunks.push(...update.data);
        break;
      case "gap":
        this.#incomplete = true;
        if (update.snapshot !== undefined) this.#progress = { ...update.snapshot, metadata: undefined };
        break;
      default:
        update satisfies never;
    }
    this.#events.onChange();
  }

  /** A new array only when there are new ones, as arrays are compared by identity. */
  #allChunks(): readonly Chunk[] {
    if (this.#newChunks.length > 0) {
      this.#chunks = [...this.#chunks, ...this.#newChunks];
      this.#newChunks = [];
    }
    return this.#chunks;
  }
}

function isOpen(status: HandleStatus): status is OpenStatus {
  return status !== "completed" && status !== "failed" && status !== "cancelled";
}

async function outcomeOf<Data>(result: Promise<Data>): Promise<Outcome<Data>> {
  try {
    return { ok: true, data: await result };
  } catch (thrown) {
    return { ok: false, error: thrown instanceof StreamerError ? (thrown as AnyStreamerError) : new InternalError({ cause: thrown }) };
  }
}
