"use client";

import type { ActionClient, ActionHandle, ProgressUpdate } from "@streamer/client";
import type { Action } from "@streamer/protocol";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { ActionStore } from "./request/actionStore.ts";
import type { MetadataOf, RequestStateOf, SubmitArgumentsOf } from "./request/actionTypes.ts";
import { IDLE } from "./request/requestState.ts";
import { useStoreFor } from "./useStoreFor.ts";

/** Which request `useAction` shows, and what is done at its progress. */
export interface UseActionOptions<A extends Action> {
  /**
   * The id of a request to go on with, as after a reload: it is shown from its start. Another id shows that request instead; `undefined`
   * leaves what is shown.
   */
  readonly resume?: string | undefined;
  /**
   * Called once for each progress of the request that is shown, in order, while the component is mounted; for a resumed request first with
   * those it has had. The function of the last rendering is called; it need not be memoized. What it throws is reported as uncaught.
   */
  readonly onProgress?: ((update: ProgressUpdate<MetadataOf<A>>) => void) | undefined;
}

/** The functions are the same in each rendering. */
export type UseActionResult<A extends Action> = RequestStateOf<A> & {
  /**
   * Sends a request and shows it from now on; one that was shown before goes on unwatched. Call it in event handlers; in an effect
   * it sends once in StrictMode too.
   *
   * @returns the request's handle. Its `id` is known at once: keep it to resume the request.
   */
  readonly submit: (...args: SubmitArgumentsOf<A>) => ActionHandle<A>;
  /**
   * Asks that the request which is shown end early; does nothing when there is none. Nobody need wait for its promise.
   *
   * @param reason up to 256 characters.
   * @throws {AnyStreamerError} as `RequestHandle.cancel`.
   */
  readonly cancel: (reason?: string) => Promise<void>;
  /** Shows `idle` again. The request goes on: `cancel` first when it should not. */
  readonly reset: () => void;
};

/**
 * Submits requests of an action and shows the last one.
 *
 * ```tsx
 * const report = useAction(api.generateReport, { resume: savedId });
 * <button onClick={() => report.submit({ pages: 3 })}>Generate</button>
 * <progress max={100} value={report.percentage} />
 * ```
 *
 * A component that is unmounted stops watching; the request goes on. Needs no `StreamerProvider`.
 */
export function useAction<A extends Action>(action: ActionClient<A>, options: UseActionOptions<A> = {}): UseActionResult<A> {
  const { resume, onProgress } = options;
  const store = useStoreFor([action], () => new ActionStore(action));
  useEffect(() => {
    store.request.onProgress = onProgress;
  }, [store, onProgress]);
  const state = useSyncExternalStore<RequestStateOf<A>>(store.subscribe, store.request.getState, getServerState);
  useEffect(() => store.resume(resume), [store, resume]);
  return useMemo(() => ({ ...state, submit: store.submit, cancel: store.cancel, reset: store.reset }), [state, store]);
}

function getServerState(): typeof IDLE {
  return IDLE;
}
