import { StreamerError } from "@streamer/client";
import type { ActionClient, AnyStreamerError, StreamerClient } from "@streamer/client";
import { InternalError } from "@streamer/protocol";
import type { InputOf, OutputOf, listRequests } from "@streamer/protocol";

type ListRequests = typeof listRequests;
type Page = OutputOf<ListRequests>;

/** Which requests are listed: a filter, and how many on a page. */
export type RequestQuery = Omit<InputOf<ListRequests>, "cursor">;
/** How a request stood when the list was fetched. */
export type RequestSummary = Page["items"][number];

export interface RequestListState {
  /** Newest first, each once. What was fetched stays while it is fetched anew. */
  readonly requests: readonly RequestSummary[];
  /** Whether an answer is waited for; true before the first. */
  readonly loading: boolean;
  /** Why the last fetch failed. */
  readonly error: AnyStreamerError | undefined;
  /** Whether there may be more than those fetched. */
  readonly hasMore: boolean;
}

export const NOT_LISTED: RequestListState = Object.freeze({ requests: [], loading: true, error: undefined, hasMore: false });

export interface RequestListDeps {
  readonly list: ActionClient<ListRequests>;
  readonly client: Pick<StreamerClient, "state" | "onStateChange">;
}

/** What `useSyncExternalStore` needs to show a list of requests. Fetches while somebody listens only. */
export class RequestList {
  readonly #query: RequestQuery;
  readonly #deps: RequestListDeps;
  readonly #listeners = new Set<{ readonly run: () => void }>();
  #state = NOT_LISTED;
  #cursor: string | undefined;
  #fetching: AbortController | undefined;
  #stopWatching: (() => void) | undefined;

  constructor(query: RequestQuery, deps: RequestListDeps) {
    this.#query = query;
    this.#deps = deps;
  }

  readonly getState = (): RequestListState => this.#state;

  readonly subscribe = (run: () => void): (() => void) => {
    const listener = { run };
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  };

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
    // Not at once: StrictMode stops and starts in one go, and would ask twice.
    queueMicrotask(() => {
      if (this.#listeners.size > 0 && this.#fetching === undefined) void this.refresh();
    });
  }

  #stop(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
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
    const input = cursor === undefined ? this.#query : { ...this.#query, cursor };
    return this.#deps.list.submit(input).result({ signal });
  }

  #end(change: Partial<RequestListState>): void {
    this.#fetching = undefined;
    this.#show({ ...change, loading: false });
  }

  #show(change: Partial<RequestListState>): void {
    const state = { ...this.#state, ...change };
    const keys = Object.keys(state) as (keyof RequestListState)[];
    if (keys.every((key) => Object.is(state[key], this.#state[key]))) return;
    this.#state = state;
    const current = [...this.#listeners];
    for (const listener of current) listener.run();
  }
}

function toError(thrown: unknown): AnyStreamerError {
  return thrown instanceof StreamerError ? (thrown as AnyStreamerError) : new InternalError({ cause: thrown });
}
