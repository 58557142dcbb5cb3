"use client";

import type { ActionClient } from "@streamer/client";
import type { Action } from "@streamer/protocol";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { ActionStore } from "./request/actionStore.ts";
import type { RequestStateOf } from "./request/actionTypes.ts";
import { IDLE } from "./request/requestState.ts";
import { useStoreFor } from "./useStoreFor.ts";

/** A request as a component shows it, and how to end it. */
export type UseRequestResult<A extends Action> = RequestStateOf<A> & {
  /**
   * Asks that the request end early. The same function in each rendering; nobody need wait for its promise.
   *
   * @param reason up to 256 characters.
   * @throws {AnyStreamerError} as `RequestHandle.cancel`; another user's request is refused.
   */
  readonly cancel: (reason?: string) => Promise<void>;
};

/**
 * Follows a request that was submitted elsewhere: by another component, in another tab, before a reload. Every stored update counts, those
 * from before too.
 *
 * ```tsx
 * const report = useRequest(api.generateReport, id);
 * ```
 *
 * @param id `undefined` shows `idle`. An id that does not exist, or that this user may not see, fails with `NOT_FOUND`.
 */
export function useRequest<A extends Action>(action: ActionClient<A>, id: string | undefined): UseRequestResult<A> {
  // A store for each id: what belongs to one request is never shown for another.
  const store = useStoreFor([action, id], () => new ActionStore(action));
  const state = useSyncExternalStore<RequestStateOf<A>>(store.subscribe, store.request.getState, getServerState);
  useEffect(() => store.resume(id), [store, id]);
  return useMemo(() => ({ ...state, cancel: store.cancel }), [state, store]);
}

function getServerState(): typeof IDLE {
  return IDLE;
}
