"use client";

import type { StateChange } from "@streamer/client";
import { useSyncExternalStore } from "react";
import { useStreamerContext } from "../provider/streamerContext.ts";
import { IDLE_CONNECTION } from "./connectionStore.ts";

/**
 * Where the connection of the `StreamerProvider`'s client stands: `state`, `lastError` (why it is not open), `retryInMs` (until the next
 * attempt, counted from this rendering's change).
 *
 * @throws {Error} outside a `StreamerProvider`.
 */
export function useConnection(): StateChange {
  const { connection } = useStreamerContext("useConnection");
  return useSyncExternalStore(connection.subscribe, connection.getState, getServerState);
}

function getServerState(): StateChange {
  return IDLE_CONNECTION;
}
