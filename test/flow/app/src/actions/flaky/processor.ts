import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { perform } from "../../work/perform.ts";
import { flaky } from "./action.ts";

export const handler = createProcessor(flaky, perform, processorDeps());
