import { createDefaultHandler, createRouter } from "@streamer/server";
import { routerDeps } from "@streamer/server/aws";
import { actions } from "./actions/index.ts";
import { ping } from "./actions/ping/handler.ts";

/** Whoever fills a queue sends more than a person: none of it is to be refused for that. */
const rateLimits = { connection: { messages: 1_000_000, window: "10 seconds" } } as const;

export const handler = createDefaultHandler(createRouter({ actions, handlers: { ping }, rateLimits }, routerDeps()));
