import { createConnectHandler } from "@streamer/server";
import { connectDeps } from "@streamer/server/aws";

export const handler = createConnectHandler(connectDeps());
