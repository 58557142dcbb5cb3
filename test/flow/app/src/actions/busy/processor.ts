import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { perform } from "../../work/perform.ts";
import { busy } from "./action.ts";

export const handler = createProcessor(busy, perform, processorDeps());
