"use client";

import type { TypedClient } from "@streamer/client";
import { systemClock } from "@streamer/protocol";
import type { listRequests } from "@streamer/protocol";
import { useMemo, useSyncExternalStore } from "react";
import { useStreamerContext } from "../provider/streamerContext.ts";
import { useStoreFor } from "../useStoreFor.ts";
import { NOT_LISTED, RequestList } from "./requestList.ts";
import type { RequestListState, RequestQuery } from "./requestList.ts";

/** The functions are the same in each rendering. Nobody need wait for their promises, which never reject. */
export interface UseRequestsResult extends RequestListState {
  /** Fetches anew, as many as are shown. */
  readonly refresh: () => Promise<void>;
  /** Fetches the next page, unless there is none or a fetch is under way. */
  readonly loadMore: () => Promise<void>;
}

/** Whether `useRequests` follows changes. */
export interface UseRequestsOptions {
  /**
   * Fetches anew, a quarter of a second after the first change, when requests of the user change: come, wait to be tried again, end. By the topic
   * `requests`, which the server must have; where it has not, `live` of the result stays false. Default false.
   */
  readonly live?: boolean | undefined;
}

/**
 * The user's requests as the server lists them (`list_requests`), newest first: those of other tabs and of yesterday too.
 *
 * ```tsx
 * const { requests } = useRequests({ action: "generate_report", status: "processing" });
 * ```
 *
 * The app must have the action: `defineActions({ ...requestActions, … })`. Fetched when the component is mounted, when the query changes, when
 * the connection is back, and by `refresh()`. In between it is followed with `{ live: true }` only, and the progress of a row never: show one
 * that is still open with `useRequest(api.generateReport, row.request_id)`.
 *
 * @param query compared by content, so it need not be memoized. Default: all of the user's, 50 on a page.
 * @throws {Error} outside a `StreamerProvider`.
 */
export function useRequests(query: RequestQuery = {}, { live = false }: UseRequestsOptions = {}): UseRequestsResult {
  const { api } = useStreamerContext("useRequests");
  const list = useStoreFor([api, JSON.stringify(query), live], () => {
    // Each client knows the action by its name, whether or not the app's type lists it.
    const { listRequests: action } = api as TypedClient<{ readonly listRequests: typeof listRequests }>;
    return new RequestList({ query, live }, { list: action, client: api.$client, clock: systemClock });
  });
  const state = useSyncExternalStore(list.subscribe, list.getState, getServerState);
  return useMemo(() => ({ ...state, refresh: list.refresh, loadMore: list.loadMore }), [state, list]);
}

function getServerState(): RequestListState {
  return NOT_LISTED;
}
