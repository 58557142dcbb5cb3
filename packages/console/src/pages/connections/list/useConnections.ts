import { useEffect, useRef, useState } from "react";
import { useLoaded, useReadable } from "../../../api/index.ts";
import type { Loaded } from "../../../api/index.ts";
import { useConsole, useNow } from "../../../app/consoleContext.ts";
import { fetchPages } from "./connectionList.ts";
import type { ConnectionList } from "./connectionList.ts";
import { createThrottle } from "./throttle.ts";

const GATHER_MS = 250;
/** Counts of messages change without an event of their own. */
const REFRESH_MS = 5_000;

export interface Connections {
  readonly loaded: Loaded<ConnectionList>;
  readonly showMore: () => void;
}

/** All connections that there are, anew whenever one comes, goes or changes. */
export function useConnections(): Connections {
  const { api, live, clock } = useConsole();
  const [pages, setPages] = useState(1);
  const wanted = useRef(pages);
  const loaded = useLoaded("connections", (signal) => fetchPages((cursor) => api.connections(cursor, signal), wanted.current));
  const { reload } = loaded;
  const changes = useReadable(live.connections);
  const generation = useReadable(live.generation);
  const period = Math.floor(useNow() / REFRESH_MS);
  const throttle = useRef<ReturnType<typeof createThrottle>>(undefined);
  useEffect(() => {
    const created = createThrottle({ delayMs: GATHER_MS, run: reload }, { clock });
    throttle.current = created;
    return () => created.stop();
  }, [reload, clock]);
  useEffect(() => {
    wanted.current = pages;
    throttle.current?.call();
  }, [changes, generation, period, pages]);
  return { loaded, showMore: () => setPages((count) => count + 1) };
}
