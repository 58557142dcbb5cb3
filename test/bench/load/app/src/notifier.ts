import { createNotifier } from "@streamer/server";
import { notifierDeps } from "@streamer/server/aws";

export const handler = createNotifier({}, notifierDeps());
