import { createDefaultHandler, createRouter } from "@streamer/server";
import { routerDeps } from "@streamer/server/aws";
import { actions } from "./actions/index.ts";

// One connection sends all: what is measured is not what a limit lets through.
const config = { actions, handlers: {}, rateLimits: { connection: "unlimited" } } as const;

export const handler = createDefaultHandler(createRouter(config, routerDeps()));
