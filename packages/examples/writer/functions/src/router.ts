import { createDefaultHandler, createRouter } from "@streamer/server";
import { routerDeps } from "@streamer/server/aws";
import { actions } from "./actions/index.ts";

export const handler = createDefaultHandler(createRouter({ actions, handlers: {} }, routerDeps()));
