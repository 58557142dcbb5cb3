import { sleep } from "@streamer/protocol";
import type { Clock, Timer } from "@streamer/protocol";
import type { ConsoleEvent, FlowView, Hop, RequestRow } from "../contract.ts";
import { ConsoleCallError } from "./consoleCallError.ts";
import type { ConsoleApi } from "./consoleApi.ts";
import { readEvents } from "./readEvents.ts";
import { createValue } from "./value.ts";
import type { Readable } from "./value.ts";

/** What the store remembers at most: the newest. A page that is open for a week must not grow. */
const MAX_ROWS = 1_000;
const MAX_HOPS = 5_000;
/** Events that come together are shown together: a batch of 1,000 must not render 1,000 times. */
const SHOW_DELAY_MS = 50;
const MAX_WAITING = 2_000;
const MIN_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;

/** `lost`: the stack does not answer; it is asked again, for ever. `other-run`: it is another run's by now; this page must be loaded anew. */
export type LiveState = "connecting" | "live" | "lost" | "other-run";

/** What the local stack tells as it happens. */
export interface LiveStore {
  readonly state: Readable<LiveState>;
  /** Of each request that changed since the page was loaded its newest row, the one that changed last at the end. By `rowKey`. */
  readonly rows: Readable<ReadonlyMap<string, RequestRow>>;
  /** The newest hops of all requests, oldest first. */
  readonly hops: Readable<readonly Hop[]>;
  readonly flow: Readable<FlowView | undefined>;
  /** The last time that functions were loaded anew. */
  readonly reloaded: Readable<Extract<ConsoleEvent, { readonly type: "reloaded" }> | undefined>;
  /** Another number each time connections came, went or changed. */
  readonly connections: Readable<number>;
  /** Another number each time the stream was begun: what happened before it is to be fetched. */
  readonly generation: Readable<number>;
  /** Tells each event as it comes, not gathered. @returns what stops it. */
  onEvent(listener: (event: ConsoleEvent) => void): () => void;
  /** Begins to follow. @returns what ends that; it resolves when nothing runs any more. */
  start(): () => Promise<void>;
}

export function rowKey({ tenantId, requestId }: Pick<RequestRow, "tenantId" | "requestId">): string {
  return `${tenantId}/${requestId}`;
}

export function createLiveStore({ api, clock }: { readonly api: Pick<ConsoleApi, "events">; readonly clock: Clock }): LiveStore {
  const state = createValue<LiveState>("connecting");
  const rows = createValue<ReadonlyMap<string, RequestRow>>(new Map());
  const hops = createValue<readonly Hop[]>([]);
  const flow = createValue<FlowView | undefined>(undefined);
  const reloaded = createValue<Extract<ConsoleEvent, { readonly type: "reloaded" }> | undefined>(undefined);
  const connections = createValue(0);
  const generation = createValue(0);
  const listeners = new Set<{ readonly run: (event: ConsoleEvent) => void }>();
  let waiting: ConsoleEvent[] = [];
  let showing: Timer | undefined;

  const show = (): void => {
    showing?.cancel();
    showing = undefined;
    const events = waiting;
    waiting = [];
    if (events.length === 0) return;
    const newRows = events.flatMap((event) => (event.type === "request" ? [event.row] : []));
    const newHops = events.flatMap((event) => (event.type === "hop" ? [event.hop] : []));
    if (newRows.length > 0) rows.set(withRows(rows.get(), newRows));
    if (newHops.length > 0) hops.set([...hops.get(), ...newHops].slice(-MAX_HOPS));
    const lastFlow = events.findLast((event) => event.type === "flow");
    if (lastFlow !== undefined) flow.set(lastFlow.flow);
    const lastReload = events.findLast((event) => event.type === "reloaded");
    if (lastReload !== undefined) reloaded.set(lastReload);
    if (events.some((event) => event.type === "connections")) connections.set(connections.get() + 1);
  };

  /** One stream, until it ends. @returns whether it was open at all, and why it ended. */
  const follow = async (signal: AbortSignal): Promise<{ readonly opened: boolean; readonly refused: boolean }> => {
    let opened = false;
    try {
      const stream = await api.events(signal);
      opened = true;
      state.set("live");
      generation.set(generation.get() + 1);
      for await (const event of readEvents(stream)) {
        for (const listener of Array.from(listeners)) listener.run(event);
        const count = waiting.push(event);
        if (count === 1) showing = clock.after(SHOW_DELAY_MS, show);
        // The timers of a page in the background are slow.
        if (count >= MAX_WAITING) show();
      }
    } catch (error) {
      if (error instanceof ConsoleCallError && error.code === "FORBIDDEN") return { opened, refused: true };
      // Whatever else it was, the stream is begun again; `state` tells that it is not there.
    }
    return { opened, refused: false };
  };

  return {
    state,
    rows,
    hops,
    flow,
    reloaded,
    connections,
    generation,
    onEvent(run) {
      const listener = { run };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start() {
      const stopping = new AbortController();
      const { signal } = stopping;
      const run = async (): Promise<void> => {
        let retryMs = MIN_RETRY_MS;
        while (!signal.aborted) {
          const { opened, refused } = await follow(signal);
          if (signal.aborted) return;
          state.set(refused ? "other-run" : "lost");
          if (refused) return;
          retryMs = opened ? MIN_RETRY_MS : Math.min(2 * retryMs, MAX_RETRY_MS);
          // Rejects when it is stopped, which is seen above.
          await sleep(clock, retryMs, signal).catch(() => {});
        }
      };
      const running = run();
      return () => {
        stopping.abort();
        show();
        return running;
      };
    },
  };
}

function withRows(known: ReadonlyMap<string, RequestRow>, rows: readonly RequestRow[]): ReadonlyMap<string, RequestRow> {
  const next = new Map(known);
  for (const row of rows) {
    const key = rowKey(row);
    // Set anew, so that it stands at the end.
    next.delete(key);
    next.set(key, row);
  }
  for (const key of next.keys()) {
    if (next.size <= MAX_ROWS) break;
    next.delete(key);
  }
  return next;
}
