import { createConnectHandler } from "@streamer/server";
import { connectDeps } from "@streamer/server/aws";
import { verbose } from "./settings.ts";

export const handler = createConnectHandler(verbose(connectDeps));
