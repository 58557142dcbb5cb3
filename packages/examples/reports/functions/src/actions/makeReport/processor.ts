import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { makeReport } from "./action.ts";
import { run } from "./makeReport.ts";

export const handler = createProcessor(makeReport, run, processorDeps());
