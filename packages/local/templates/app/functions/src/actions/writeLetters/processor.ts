import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { writeLetters } from "./action.ts";
import { run } from "./writeLetters.ts";

export const handler = createProcessor(writeLetters, run, processorDeps());
