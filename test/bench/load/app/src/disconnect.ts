import { createDisconnectHandler } from "@streamer/server";
import { disconnectDeps } from "@streamer/server/aws";

export const handler = createDisconnectHandler(disconnectDeps());
