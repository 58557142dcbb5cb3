import { useCallback, useEffect, useRef, useState } from "react";
import { rowKey } from "../../../api/liveStore.ts";
import { sentenceOf } from "../../../api/consoleCallError.ts";
import { useReadable } from "../../../api/useReadable.ts";
import { useConsole } from "../../../app/consoleContext.ts";
import type { RequestRow } from "../../../contract.ts";
import { matchesFilter } from "./filter.ts";
import type { ListFilter } from "./filter.ts";
import { firstPage, NO_ROWS, withChanges, withOlder, withWaitingShown } from "./rowList.ts";
import type { RowList } from "./rowList.ts";

const PAGE_SIZE = 50;
/** When more than this wait, the list is fetched anew: rows in between may have been missed, and a page must stay quick. */
const MAX_WAITING_SHOWN = 200;

export interface RequestList {
  readonly list: RowList;
  readonly loading: boolean;
  /** A sentence: why the last fetch failed. */
  readonly error: string | undefined;
  readonly reload: () => void;
  readonly loadOlder: () => void;
  readonly showWaiting: () => void;
}

/**
 * The requests that the filter lets through, kept up with what happens.
 *
 * @param mayMove asked when new ones have come: whether they may be put in at once.
 */
export function useRequestList(filter: ListFilter, mayMove: () => boolean): RequestList {
  const { api, live } = useConsole();
  const [list, setList] = useState<RowList>(NO_ROWS);
  const [state, setState] = useState<{ readonly loading: boolean; readonly error?: string }>({ loading: true });
  const [round, setRound] = useState(0);
  const generation = useReadable(live.generation);
  // Aborted when another list is fetched: an older page belongs to the list that it was asked for.
  const current = useRef<AbortSignal>(undefined);
  const mayMoveNow = useRef(mayMove);
  useEffect(() => {
    mayMoveNow.current = mayMove;
  });

  useEffect(() => {
    const stopping = new AbortController();
    const { signal } = stopping;
    current.current = signal;
    const matches = (row: RequestRow): boolean => matchesFilter(row, filter);
    let seen = live.rows.get();
    const follow = (): void => {
      const rows = live.rows.get();
      const changed = Array.from(rows.values()).filter((row) => seen.get(rowKey(row)) !== row);
      seen = rows;
      const mayFollow = changed.length <= MAX_WAITING_SHOWN && mayMoveNow.current();
      setList((known) => withChanges(known, { rows: changed, matches, follow: mayFollow && known.waiting.length <= MAX_WAITING_SHOWN }));
    };
    // What changes while the page is fetched is applied to it: the answer may have been made before.
    let stopFollowing = (): void => {};
    const load = async (): Promise<void> => {
      setState({ loading: true });
      try {
        const page = await api.requests({ ...filter, limit: PAGE_SIZE }, signal);
        if (signal.aborted) return;
        setList(firstPage(page));
        setState({ loading: false });
        stopFollowing = live.rows.subscribe(follow);
        follow();
      } catch (error) {
        if (!signal.aborted) setState({ loading: false, error: sentenceOf(error) });
      }
    };
    void load();
    return () => {
      stopping.abort();
      stopFollowing();
    };
  }, [api, live, filter, generation, round]);

  const reload = useCallback(() => setRound((count) => count + 1), []);
  const loadOlder = async (): Promise<void> => {
    const { cursor } = list;
    const signal = current.current;
    if (cursor === undefined || state.loading) return;
    setState({ loading: true });
    try {
      const page = await api.requests({ ...filter, limit: PAGE_SIZE, cursor }, signal);
      if (signal?.aborted === true) return;
      setList((known) => withOlder(known, page));
      setState({ loading: false });
    } catch (error) {
      if (signal?.aborted !== true) setState({ loading: false, error: sentenceOf(error) });
    }
  };
  const showWaiting = (): void => {
    if (list.waiting.length > MAX_WAITING_SHOWN) reload();
    else setList(withWaitingShown);
  };
  return { list, loading: state.loading, error: state.error, reload, loadOlder: () => void loadOlder(), showWaiting };
}
