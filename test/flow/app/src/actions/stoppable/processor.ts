import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { perform } from "../../work/perform.ts";
import { stoppable } from "./action.ts";

export const handler = createProcessor(stoppable, perform, processorDeps());
