import { systemClock } from "@streamer/protocol";
import { createRequestActions, createRequestStore } from "@streamer/server";
import type { SyncHandlers, TableConfig } from "@streamer/server";
import { echoHandler } from "./echo/handler.ts";
import { createTableCheck } from "./health/checkTable.ts";
import { createHealth } from "./health/handler.ts";
import type { actions } from "./index.ts";

/** What the router answers itself: one handler for every action that is not longer than the threshold. */
export const createHandlers = (table: TableConfig) =>
  ({
    echo: echoHandler,
    health: createHealth({
      checks: { table: createTableCheck(table) },
      version: process.env["STREAMER_VERSION"] ?? "unknown",
      clock: systemClock,
    }),
    ...createRequestActions({ requests: createRequestStore(table, systemClock) }),
  }) satisfies SyncHandlers<typeof actions>;
