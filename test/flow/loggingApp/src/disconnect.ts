import { createDisconnectHandler } from "@streamer/server";
import { disconnectDeps } from "@streamer/server/aws";
import { verbose } from "./settings.ts";

export const handler = createDisconnectHandler(verbose(disconnectDeps));
