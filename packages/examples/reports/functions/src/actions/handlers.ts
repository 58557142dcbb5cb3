import { systemClock } from "@streamer/protocol";
import { createRequestActions, createRequestStore } from "@streamer/server";
import type { SyncHandlers, TableConfig } from "@streamer/server";
import type { actions } from "./index.ts";

/** What the router answers itself: which reports there are. */
export const createHandlers = (table: TableConfig) =>
  ({
    ...createRequestActions({ requests: createRequestStore(table, systemClock) }),
  }) satisfies SyncHandlers<typeof actions>;
