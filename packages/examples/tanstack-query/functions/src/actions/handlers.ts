import { systemClock } from "@streamer/protocol";
import { createRequestActions, createRequestStore } from "@streamer/server";
import type { SyncHandlers, TableConfig } from "@streamer/server";
import type { actions } from "./index.ts";
import { priceOf } from "./quotePrints/price.ts";

/** What the router answers itself. */
export const createHandlers = (table: TableConfig) =>
  ({
    quotePrints: ({ input }) => ({ cents: priceOf(input) }),
    ...createRequestActions({ requests: createRequestStore(table, systemClock) }),
  }) satisfies SyncHandlers<typeof actions>;
