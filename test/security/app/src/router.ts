import { createDefaultHandler, createRouter } from "@streamer/server";
import type { Middleware } from "@streamer/server";
import { routerDeps } from "@streamer/server/aws";
import { actions } from "./actions/index.ts";
import { reveal } from "./actions/reveal/handler.ts";
import { rateLimits } from "./limits.ts";
import { withSettings } from "./settings.ts";

/** Answers with what is no message of the protocol, and holds the payload. */
const broken: Middleware = ({ message }, next) =>
  message.metadata?.["broken"] === "yes" ? Promise.resolve({ type: "shout", data: message.payload } as never) : next();

export const handler = createDefaultHandler(
  createRouter({ actions, handlers: { reveal }, middleware: [broken], rateLimits }, withSettings(routerDeps)),
);
