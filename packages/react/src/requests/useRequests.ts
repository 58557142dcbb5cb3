"use client";

import type { TypedClient } from "@streamer/client";
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

/**
 * The user's requests as the server lists them (`list_requests`), newest first: those of other tabs and of yesterday too.
 *
 * ```tsx
 * const { requests } = useRequests({ action: "generate_report", status: "processing" });
 * ```
 *
 * The app must have the action: `defineActions({ ...requestActions, … })`. Fetched when the component is mounted, when the query changes, when
 * the connection is back, and by `refresh()`; not followed in between: show a row that is still open with
 * `useRequest(api.generateReport, row.request_id)`.
 *
 * @param query compared by content, so it need not be memoized. Default: all of the user's, 50 on a page.
 * @throws {Error} outside a `StreamerProvider`.
 */
export function useRequests(query: RequestQuery = {}): UseRequestsResult {
  const { api } = useStreamerContext("useRequests");
  const list = useStoreFor([api, JSON.stringify(query)], () => {
    // Each client knows the action by its name, whether or not the app's type lists it.
    const { listRequests: action } = api as TypedClient<{ readonly listRequests: typeof listRequests }>;
    return new RequestList(query, { list: action, client: api.$client });
  });
  const state = useSyncExternalStore(list.subscribe, list.getState, getServerState);
  return useMemo(() => ({ ...state, refresh: list.refresh, loadMore: list.loadMore }), [state, list]);
}

function getServerState(): RequestListState {
  return NOT_LISTED;
}
