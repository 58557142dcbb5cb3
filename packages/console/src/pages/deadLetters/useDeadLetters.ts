import { useEffect } from "react";
import { useLoaded } from "../../api/useLoaded.ts";
import type { Loaded } from "../../api/useLoaded.ts";
import { useReadable } from "../../api/useReadable.ts";
import { useConsole } from "../../app/consoleContext.ts";
import type { DeadLetters } from "../../contract.ts";

/** A storm of failures fetches the list once a second. */
const GATHER_MS = 1_000;

/** What failed for good, fetched anew when a request fails, or one that failed starts again. */
export function useDeadLetters(): Loaded<DeadLetters> {
  const { api, live, clock } = useConsole();
  const loaded = useLoaded("dead letters", (signal) => api.deadLetters(signal));
  const { data, reload } = loaded;
  const generation = useReadable(live.generation);
  useEffect(() => {
    if (generation > 0) reload();
  }, [generation, reload]);
  useEffect(() => {
    const listed = new Set(data?.requests.map(({ requestId }) => requestId));
    let timer: { cancel(): void } | undefined;
    const stop = live.onEvent((event) => {
      if (event.type !== "request" || (event.row.status !== "failed" && !listed.has(event.row.requestId))) return;
      timer ??= clock.after(GATHER_MS, () => {
        timer = undefined;
        reload();
      });
    });
    return () => {
      stop();
      timer?.cancel();
    };
  }, [live, clock, data, reload]);
  return loaded;
}
