import { createDefaultHandler, createRouter } from "@streamer/server";
import { routerDeps, table } from "@streamer/server/aws";
import { createHandlers } from "./actions/handlers.ts";
import { actions } from "./actions/index.ts";

const config = table();

export const handler = createDefaultHandler(createRouter({ actions, handlers: createHandlers(config) }, routerDeps(config)));
