import type { ProgressUpdate, RequestHandle } from "@streamer/client";
import type { Clock, Timer } from "@streamer/protocol";
import { StoreListeners } from "../storeListeners.ts";
import { FollowedRequest } from "./followedRequest.ts";
import { IDLE, showTheSame } from "./requestState.ts";
import type { RequestState } from "./requestState.ts";

export interface RequestStoreDeps {
  readonly clock: Clock;
}

/**
 * What `useSyncExternalStore` needs to show one request, and later another.
 *
 * It follows its request only while somebody listens. Changes are told at most once per turn of the event loop, so that a replay of a thousand
 * updates is one rendering.
 */
export class RequestStore<Data, Metadata, Chunk> {
  /** Called once for each progress while somebody listens. What it throws is reported as uncaught. */
  onProgress: ((update: ProgressUpdate<Metadata>) => void) | undefined;
  readonly #deps: RequestStoreDeps;
  readonly #listeners = new StoreListeners({ onFirst: () => this.#followed?.start(), onLast: () => this.#pause() });
  #followed: FollowedRequest<Data, Metadata, Chunk> | undefined;
  #state: RequestState<Data, Metadata, Chunk> = IDLE;
  #flush: Timer | undefined;

  constructor(deps: RequestStoreDeps) {
    this.#deps = deps;
  }

  readonly subscribe = (run: () => void): (() => void) => this.#listeners.subscribe(run);

  /** The same object until something has changed. */
  readonly getState = (): RequestState<Data, Metadata, Chunk> => this.#state;

  get handle(): RequestHandle<Data, Metadata, Chunk> | undefined {
    return this.#followed?.handle;
  }

  /** Shows this request from now on, or none. What was shown before goes on unwatched. */
  follow(handle: RequestHandle<Data, Metadata, Chunk> | undefined): void {
    if (handle === this.handle) return;
    this.#pause();
    this.#followed = handle === undefined ? undefined : this.#followedRequest(handle);
    if (this.#listeners.size > 0) this.#followed?.start();
    // What a user has just done is seen at once.
    this.#publish();
  }

  #followedRequest(handle: RequestHandle<Data, Metadata, Chunk>): FollowedRequest<Data, Metadata, Chunk> {
    return new FollowedRequest(handle, {
      onChange: () => (this.#flush ??= this.#deps.clock.after(0, () => this.#publish())),
      onProgress: (update) => {
        try {
          this.onProgress?.(update);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      },
    });
  }

  #pause(): void {
    this.#followed?.stop();
    this.#flush?.cancel();
    this.#flush = undefined;
  }

  #publish(): void {
    this.#flush?.cancel();
    this.#flush = undefined;
    const state = this.#followed?.state() ?? IDLE;
    if (showTheSame(state, this.#state)) return;
    this.#state = state;
    this.#listeners.tell();
  }
}
