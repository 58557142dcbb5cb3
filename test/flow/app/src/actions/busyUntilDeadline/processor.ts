import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { perform } from "../../work/perform.ts";
import { busyUntilDeadline } from "./action.ts";

export const handler = createProcessor(busyUntilDeadline, perform, processorDeps());
