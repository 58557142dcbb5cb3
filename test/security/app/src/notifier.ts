import { createNotifier } from "@streamer/server";
import { notifierDeps } from "@streamer/server/aws";
import { withSettings } from "./settings.ts";

export const handler = createNotifier({}, withSettings(notifierDeps));
