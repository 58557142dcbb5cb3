import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { perform } from "../../work/perform.ts";
import { hasty } from "./action.ts";

export const handler = createProcessor(hasty, perform, processorDeps());
