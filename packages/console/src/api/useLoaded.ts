import { useCallback, useEffect, useRef, useState } from "react";
import { sentenceOf } from "./consoleCallError.ts";

/** What was fetched. What was there stays while it is fetched anew. */
export interface Loaded<Data> {
  readonly data: Data | undefined;
  /** A sentence: why the last fetch failed. */
  readonly error: string | undefined;
  readonly loading: boolean;
  /** Fetches anew. The same function in each rendering. */
  readonly reload: () => void;
}

/**
 * Fetches when the component is mounted, and anew when `key` is another; what another key gave is not shown for this one.
 *
 * @param load the function of the last rendering is called; it need not be memoized.
 */
export function useLoaded<Data>(key: string, load: (signal: AbortSignal) => Promise<Data>): Loaded<Data> {
  const [state, setState] = useState<{ readonly key: string; readonly data?: Data; readonly error?: string; readonly loading: boolean }>({
    key,
    loading: true,
  });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });
  useEffect(() => {
    const stopping = new AbortController();
    setState((known) => (known.key === key ? { ...known, loading: true } : { key, loading: true }));
    const fetchIt = async (): Promise<void> => {
      try {
        const data = await latest.current(stopping.signal);
        if (!stopping.signal.aborted) setState({ key, data, loading: false });
      } catch (error) {
        if (!stopping.signal.aborted) setState((known) => ({ ...known, key, error: sentenceOf(error), loading: false }));
      }
    };
    void fetchIt();
    return () => stopping.abort();
  }, [key, round]);
  const reload = useCallback(() => setRound((count) => count + 1), []);
  const mine = state.key === key;
  return { data: mine ? state.data : undefined, error: mine ? state.error : undefined, loading: !mine || state.loading, reload };
}
