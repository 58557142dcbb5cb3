import { createDefaultHandler, createRouter } from "@streamer/server";
import { routerDeps } from "@streamer/server/aws";
import { verbose } from "./settings.ts";
import { actions } from "./actions/index.ts";
import { say } from "./actions/say/handler.ts";
import { room } from "./topics.ts";

export const handler = createDefaultHandler(createRouter({ actions, handlers: { say }, topics: [room] }, verbose(routerDeps)));
