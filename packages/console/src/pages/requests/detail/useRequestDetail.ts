import { useEffect } from "react";
import { useLoaded } from "../../../api/useLoaded.ts";
import type { Loaded } from "../../../api/useLoaded.ts";
import { useReadable } from "../../../api/useReadable.ts";
import { useConsole } from "../../../app/consoleContext.ts";
import type { RequestDetail } from "../../../contract.ts";

/** What happens at once is fetched at once: a request that reports all the time is looked at four times a second. */
const GATHER_MS = 250;

/** All about one request, fetched anew while things happen to it. */
export function useRequestDetail(tenantId: string, requestId: string): Loaded<RequestDetail> {
  const { api, live, clock } = useConsole();
  const loaded = useLoaded(`request ${tenantId}/${requestId}`, (signal) => api.request(tenantId, requestId, signal));
  const { reload } = loaded;
  const generation = useReadable(live.generation);
  useEffect(() => {
    // The first is the beginning of the stream; what was fetched with it may have missed what happened just before.
    if (generation > 0) reload();
  }, [generation, reload]);
  useEffect(() => {
    let timer: { cancel(): void } | undefined;
    const stop = live.onEvent((event) => {
      const about = event.type === "request" ? event.row : event.type === "hop" ? event.hop : undefined;
      if (about === undefined || about.requestId !== requestId || (about.tenantId ?? tenantId) !== tenantId) return;
      timer ??= clock.after(GATHER_MS, () => {
        timer = undefined;
        reload();
      });
    });
    return () => {
      stop();
      timer?.cancel();
    };
  }, [live, clock, tenantId, requestId, reload]);
  return loaded;
}
