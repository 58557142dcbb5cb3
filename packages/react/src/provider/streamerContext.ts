"use client";

import type { StreamerClient, TypedClient } from "@streamer/client";
import type { Actions } from "@streamer/protocol";
import { createContext, useContext } from "react";
import type { ConnectionStore } from "../connection/connectionStore.ts";

/** What `createClient` gives, whatever the app is. */
export interface AnyClient {
  readonly $client: StreamerClient;
}

export interface StreamerContextValue {
  readonly api: AnyClient;
  readonly connection: ConnectionStore;
}

export const StreamerContext = createContext<StreamerContextValue | undefined>(undefined);

/** @throws {Error} outside a `StreamerProvider`. */
export function useStreamerContext(hook: string): StreamerContextValue {
  const value = useContext(StreamerContext);
  if (value === undefined) throw new Error(`${hook} was called outside a StreamerProvider. Put one around the component.`);
  return value;
}

/**
 * The client of the `StreamerProvider`.
 *
 * ```tsx
 * const api = useStreamer<typeof actions>();
 * ```
 *
 * @throws {Error} outside a `StreamerProvider`.
 */
export function useStreamer<App extends Actions>(): TypedClient<App> {
  // The type is known where the provider is; React's contexts cannot carry it.
  return useStreamerContext("useStreamer").api as TypedClient<App>;
}
