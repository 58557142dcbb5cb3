import { createNotifier } from "@streamer/server";
import { notifierDeps } from "@streamer/server/aws";
import { verbose } from "./settings.ts";

export const handler = createNotifier({}, verbose(notifierDeps));
