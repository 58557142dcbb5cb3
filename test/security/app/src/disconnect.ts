import { createDisconnectHandler } from "@streamer/server";
import { disconnectDeps } from "@streamer/server/aws";
import { withSettings } from "./settings.ts";

export const handler = createDisconnectHandler(withSettings(disconnectDeps));
