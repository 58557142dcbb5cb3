import { createDefaultHandler, createRouter } from "@streamer/server";
import { routerDeps } from "@streamer/server/aws";
import { actions } from "./actions/index.ts";
import { post } from "./actions/post/handler.ts";
import { room, staff } from "./topics.ts";

export const handler = createDefaultHandler(createRouter({ actions, handlers: { post }, topics: [room, staff] }, routerDeps()));
