import type { StateChange, StreamerClient } from "@streamer/client";
import { StoreListeners } from "../storeListeners.ts";

/** Where the connection stands: what a server renders, and before anything was asked for. */
export const IDLE_CONNECTION: StateChange = Object.freeze({ state: "idle", lastError: undefined, retryInMs: undefined });

/** What `useSyncExternalStore` needs to show a client's connection. */
export interface ConnectionStore {
  readonly subscribe: (listener: () => void) => () => void;
  /** The same object until something has changed. */
  readonly getState: () => StateChange;
}

export function createConnectionStore(client: Pick<StreamerClient, "state" | "lastError" | "onStateChange">): ConnectionStore {
  let stop: (() => void) | undefined;
  let known = IDLE_CONNECTION;
  const note = (change: StateChange): void => {
    const { state, lastError, retryInMs } = change;
    if (state === known.state && lastError === known.lastError && retryInMs === known.retryInMs) return;
    known = { state, lastError, retryInMs };
    listeners.tell();
  };
  const listeners = new StoreListeners({
    onFirst: () => {
      stop = client.onStateChange(note);
    },
    onLast: () => stop?.(),
  });
  /** While nobody listens changes are missed. When the next attempt comes is told in a change only. */
  const getState = (): StateChange => {
    const { state, lastError } = client;
    if (state !== known.state || lastError !== known.lastError) known = { state, lastError, retryInMs: undefined };
    return known;
  };
  return { getState, subscribe: listeners.subscribe };
}
