import type { ActionClient, ActionHandle } from "@streamer/client";
import { systemClock } from "@streamer/protocol";
import type { Action, ChunkOf } from "@streamer/protocol";
import type { DataOf, MetadataOf } from "./actionTypes.ts";
import { RequestStore } from "./requestStore.ts";
import { StrictModeSubmissions, submissionKey } from "./strictModeSubmissions.ts";

/** The request of one action that a component shows: one that it submits, or one that it resumes. */
export class ActionStore<A extends Action> {
  readonly request: RequestStore<DataOf<A>, MetadataOf<A>, ChunkOf<A>>;
  readonly #action: ActionClient<A>;
  readonly #submissions = new StrictModeSubmissions<ActionHandle<A>>();
  #resumedId: string | undefined;

  constructor(action: ActionClient<A>) {
    this.#action = action;
    this.request = new RequestStore({ clock: systemClock });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    const stop = this.request.subscribe(listener);
    return () => {
      stop();
      this.#submissions.unmounted();
    };
  };

  readonly submit = (...args: Parameters<ActionClient<A>["submit"]>): ActionHandle<A> => {
    const [input, options] = args;
    const key = submissionKey(input, options);
    const handle: ActionHandle<A> = this.#submissions.repeated(key) ?? this.#action.submit(...args);
    this.#submissions.submitted(key, handle);
    this.request.follow(handle);
    return handle;
  };

  readonly cancel = (reason?: string): Promise<void> => {
    const { handle } = this.request;
    if (handle === undefined) return Promise.resolve();
    this.#submissions.cancelled(handle);
    // Given on as it is: the handle's promise may be left alone, one made of it may not.
    return handle.cancel(reason);
  };

  readonly reset = (): void => this.request.follow(undefined);

  /** Does nothing for the id that was resumed last: effects run again without a reason of ours. */
  resume(id: string | undefined): void {
    if (id === this.#resumedId) return;
    this.#resumedId = id;
    if (id !== undefined && id !== this.request.handle?.id) this.request.follow(this.#action.get(id));
  }
}
