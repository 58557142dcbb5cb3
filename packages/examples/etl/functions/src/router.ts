import { createDefaultHandler, createRouter } from "@streamer/server";
import { routerDeps } from "@streamer/server/aws";
import { actions } from "./actions/index.ts";

/** No short actions: the router takes requests, and answers none itself. */
export const handler = createDefaultHandler(createRouter({ actions, handlers: {} }, routerDeps()));
