import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { passing } from "./action.ts";

export const handler = createProcessor(passing, async () => ({ done: true }), processorDeps());
