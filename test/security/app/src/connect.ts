import { createConnectHandler } from "@streamer/server";
import { connectDeps } from "@streamer/server/aws";
import { withSettings } from "./settings.ts";

export const handler = createConnectHandler(withSettings(connectDeps));
