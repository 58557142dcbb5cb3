import { systemClock } from "@streamer/protocol";
import { createRequestActions, createRequestStore } from "@streamer/server";
import type { FileStore, SyncHandlers, TableConfig } from "@streamer/server";
import { echoHandler } from "./echo/handler.ts";
import { createFilesCheck } from "./health/checkFiles.ts";
import { createTableCheck } from "./health/checkTable.ts";
import { createHealth } from "./health/handler.ts";
import type { actions } from "./index.ts";

/** What the router answers itself: one handler for every action that is not longer than the threshold. */
export const createHandlers = (table: TableConfig, files: Pick<FileStore, "sizeOf">) =>
  ({
    echo: echoHandler,
    health: createHealth({
      // The bus is not asked: all that the router may do there is to put an event, and that would make work. `streamer doctor` looks at it.
      checks: { table: createTableCheck(table), files: createFilesCheck(files) },
      version: process.env["STREAMER_VERSION"] ?? "unknown",
      clock: systemClock,
    }),
    ...createRequestActions({ requests: createRequestStore(table, systemClock) }),
  }) satisfies SyncHandlers<typeof actions>;
