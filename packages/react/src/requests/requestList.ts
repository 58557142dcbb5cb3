import { StreamerError, subscribeTopic } from "@streamer/client";
import type { ActionClient, AnyStreamerError, StreamerClient, TopicHandle } from "@streamer/client";
import { InternalError, REQUESTS_TOPIC } from "@streamer/protocol";
import type { Clock, InputOf, OutputOf, RequestTopicData, Timer, listRequests } from "@streamer/protocol";
import { StoreListeners } from "../storeListeners.ts";

type ListRequests = typeof listRequests;
type Page = OutputOf<ListRequests>;

/** Which requests are listed: a filter, and how many on a page. */
export type RequestQuery = Omit<InputOf<ListRequests>, "cursor">;
/** How a request stood when the list was fetched. */
export type RequestSummary = Page["items"][number];

/** The list of requests, as a component shows it. */
export interface RequestListState {
  /** Newest first, each once. What was fetched stays while it is fetched anew. */
  readonly requests: readonly RequestSummary[];
  /** Whether an answer is waited for; true before the first. */
  readonly loading: boolean;
  /** Why the last fetch failed. */
  readonly error: AnyStreamerError | undefined;
  /** Whether there may be more than those fetched. */
  readonly hasMore: boolean;
  /** Whether changes are followed now: with the option `live`, once the server has said yes, while the connection is open. */
  readonly live: boolean;
}

export const NOT_LISTED: RequestListState = Object.freeze({ requests: [], loading: true, error: undefined, hasMore: false, live: false });

/** Many requests may change together: they are fetched so long after the first change, once for all. */
export const LIVE_DELAY_MS = 250;

export interface RequestListConfig {
  readonly query: RequestQuery;
  /** Fetch anew when a request of the user changes. */
  readonly live: boolean;
}

export interface RequestListDeps {
  readonly list: ActionClient<ListRequests>;
  readonly client: StreamerClient;
  readonly clock: Clock;
}

/** What `useSyncExternalStore` needs to show a list of requests. Fetches while somebody listens only. */
export class RequestList {
  readonly #config: RequestListConfig;
  readonly #deps: RequestListDeps;
  readonly #listeners = new StoreListeners({ onFirst: () => this.#start(), onLast: () => this.#stop() });
  #state = NOT_LISTED;
  #cursor: string | undefined;
  #fetching: AbortController | undefined;
  #stopWatching: (() => void) | undefined;
  #topic: TopicHandle<RequestTopicData> | undefined;
  #due: Timer | undefined;
  /** Something changed since the fetch under way was begun. */
  #outdated = false;

  constructor(config: RequestListConfig, deps: RequestListDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  readonly getState = (): RequestListState => this.#state;

  readonly subscribe = (run: () => void): (() => void) => this.#listeners.subscribe(run);

  /** Fetches anew, as many as are shown. Resolves when that is done or has failed; `error` tells. */
  readonly refresh = (): Promise<void> => this.#fetch([], undefined, this.#state.requests.length);

  /** Fetches the next page, unless there is none or a fetch is under way. Resolves when that is done or has failed; `error` tells. */
  readonly loadMore = async (): Promise<void> => {
    const { requests } = this.#state;
    if (this.#cursor !== undefined && this.#fetching === undefined) await this.#fetch(requests, this.#cursor, requests.length + 1);
  };

  #start(): void {
    const { client } = this.#deps;
    let wasOpen = client.state === "open";
    let missed = false;
    this.#stopWatching = client.onStateChange(({ state }) => {
      if (state === "open" && missed) void this.refresh();
      missed = state !== "open" && (missed || wasOpen);
      wasOpen = state === "open";
    });
    if (this.#config.live) this.#follow();
    // Not at once: StrictMode stops and starts in one go, and would ask twice.
    queueMicrotask(() => {
      if (this.#listeners.size > 0 && this.#fetching === undefined) void this.refresh();
    });
  }

  /** What the topic tells is only that something changed: whether a request is in the list, and where, the server knows. */
  #follow(): void {
    const topic = subscribeTopic(this.#deps.client, REQUESTS_TOPIC);
    this.#topic = topic;
    topic.onEvent(() => this.#fetchSoon());
    let wasLive = false;
    topic.onChange(() => {
      const live = topic.state === "subscribed";
      // What changed before it was followed is told by nobody.
      if (live && !wasLive) this.#fetchSoon();
      wasLive = live;
      if (this.#topic === topic) this.#show({ live });
    });
  }

  #fetchSoon(): void {
    this.#due ??= this.#deps.clock.after(LIVE_DELAY_MS, () => {
      this.#due = undefined;
      // One that is under way is waited for: changes that come faster than answers must not keep the list from ever being shown.
      if (this.#fetching === undefined) void this.refresh();
      else this.#outdated = true;
    });
  }

  #stop(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    const topic = this.#topic;
    this.#topic = undefined;
    void topic?.unsubscribe();
    this.#due?.cancel();
    this.#due = undefined;
    this.#outdated = false;
    this.#state = { ...this.#state, live: false };
    this.#fetching?.abort();
    this.#fetching = undefined;
  }

  /** Never rejects. Fetches from the cursor on until there are as many as wanted; a page may be empty though more follow. */
  async #fetch(before: readonly RequestSummary[], from: string | undefined, wantedCount: number): Promise<void> {
    this.#fetching?.abort();
    const fetching = new AbortController();
    this.#fetching = fetching;
    this.#show({ loading: true });
    const byId = new Map(before.map((request) => [request.request_id, request]));
    let cursor = from;
    try {
      do {
        // One page tells where the next begins.
        const page = await this.#page(cursor, fetching.signal);
        for (const request of page.items) byId.set(request.request_id, request);
        cursor = page.cursor;
      } while (cursor !== undefined && byId.size < Math.max(1, wantedCount));
    } catch (thrown) {
      if (!fetching.signal.aborted) this.#end({ error: toError(thrown) });
      return;
    }
    if (fetching.signal.aborted) return;
    this.#cursor = cursor;
    this.#end({ requests: [...byId.values()], error: undefined, hasMore: cursor !== undefined });
  }

  #page(cursor: string | undefined, signal: AbortSignal): Promise<Page> {
    const { query } = this.#config;
    const input = cursor === undefined ? query : { ...query, cursor };
    return this.#deps.list.submit(input).result({ signal });
  }

  #end(change: Partial<RequestListState>): void {
    this.#fetching = undefined;
    this.#show({ ...change, loading: false });
    if (!this.#outdated) return;
    this.#outdated = false;
    this.#fetchSoon();
  }

  #show(change: Partial<RequestListState>): void {
    const state = { ...this.#state, ...change };
    const keys = Object.keys(state) as (keyof RequestListState)[];
    if (keys.every((key) => Object.is(state[key], this.#state[key]))) return;
    this.#state = state;
    this.#listeners.tell();
  }
}

function toError(thrown: unknown): AnyStreamerError {
  return thrown instanceof StreamerError ? (thrown as AnyStreamerError) : new InternalError({ cause: thrown });
}
