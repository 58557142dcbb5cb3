import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { printPhotos } from "./action.ts";
import { run } from "./printPhotos.ts";

export const handler = createProcessor(printPhotos, run, processorDeps());
