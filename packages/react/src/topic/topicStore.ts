import { subscribeTopic } from "@streamer/client";
import type { AnyStreamerError, TopicClient, TopicEvent, TopicHandle, TopicMember, TopicState } from "@streamer/client";
import { StoreListeners } from "../storeListeners.ts";

/** What a component shows of a topic. */
export interface TopicView {
  /** `idle`: no topic was named, or nothing was mounted yet, as on a server. The others: see `TopicState`. */
  readonly state: "idle" | TopicState;
  /** Why the subscription was refused, or ended by the client's end. */
  readonly error: AnyStreamerError | undefined;
  /** Who is subscribed, this connection included: of a topic with presence. `membersByUser` folds it by user. */
  readonly members: readonly TopicMember[] | undefined;
  /** About how many there are beyond the 200 that `members` names. */
  readonly moreMembers: number;
  /** How often events may have been missed because the connection broke. */
  readonly gaps: number;
}

export const NO_TOPIC: TopicView = Object.freeze({ state: "idle", error: undefined, members: undefined, moreMembers: 0, gaps: 0 });

/** What `useSyncExternalStore` needs to show a topic. Subscribed while somebody listens only. */
export class TopicStore<Data> {
  /** Called with each event. */
  onEvent: ((event: TopicEvent<Data>) => void) | undefined;
  /** Called when events may have been missed. */
  onGap: (() => void) | undefined;
  readonly #client: TopicClient;
  readonly #topic: string | undefined;
  readonly #listeners = new StoreListeners({ onFirst: () => this.#start(), onLast: () => this.#stop() });
  #handle: TopicHandle<Data> | undefined;
  #view = NO_TOPIC;

  constructor(client: TopicClient, topic: string | undefined) {
    this.#client = client;
    this.#topic = topic;
  }

  readonly getState = (): TopicView => this.#view;

  readonly subscribe = (run: () => void): (() => void) => this.#listeners.subscribe(run);

  #start(): void {
    if (this.#topic === undefined) return;
    const handle = subscribeTopic<Data>(this.#client, this.#topic);
    this.#handle = handle;
    handle.onEvent((event) => this.onEvent?.(event));
    handle.onGap(() => this.onGap?.());
    handle.onChange(() => this.#show(handle));
    this.#show(handle);
  }

  #stop(): void {
    const handle = this.#handle;
    this.#handle = undefined;
    // The same topic may be listened to again in the same task, as StrictMode does: the client then sends nothing.
    void handle?.unsubscribe();
    this.#view = NO_TOPIC;
  }

  #show(handle: TopicHandle<Data>): void {
    if (this.#handle !== handle) return;
    const { state, error, members, moreMembers, gaps } = handle;
    const view: TopicView = { state, error, members, moreMembers, gaps };
    const keys = Object.keys(view) as (keyof TopicView)[];
    if (keys.every((key) => Object.is(view[key], this.#view[key]))) return;
    this.#view = view;
    this.#listeners.tell();
  }
}
