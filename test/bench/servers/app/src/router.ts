import { createDefaultHandler, createRouter } from "@streamer/server";
import type { SyncHandlers } from "@streamer/server";
import { routerDeps } from "@streamer/server/aws";
import { actions } from "./actions/index.ts";

const handlers = { echo: ({ input }) => ({ message: input.message }) } satisfies SyncHandlers<typeof actions>;

/** High enough never to refuse, and not "unlimited": counting is part of what a message costs. */
const rateLimits = { connection: { messages: 1_000_000, window: "10 seconds" } } as const;

export const handler = createDefaultHandler(createRouter({ actions, handlers, rateLimits }, routerDeps()));
