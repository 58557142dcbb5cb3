import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { processData } from "./action.ts";
import { createProcessData } from "./processData.ts";

export const handler = createProcessor(processData, createProcessData(), processorDeps());
