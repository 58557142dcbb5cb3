import { createDefaultHandler, createRouter } from "@streamer/server";
import { routerDeps, table } from "@streamer/server/aws";
import { createHandlers } from "./actions/handlers.ts";
import { actions } from "./actions/index.ts";
import { room } from "./topics.ts";

// One client for Streamer and the app: both read and write the same table.
const config = table();

export const handler = createDefaultHandler(
  createRouter({ actions, handlers: createHandlers(config), topics: [room] }, routerDeps(config)),
);
