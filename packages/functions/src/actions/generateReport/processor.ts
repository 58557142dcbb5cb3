import { systemClock } from "@streamer/protocol";
import { createProcessor } from "@streamer/server";
import { processorDeps, table } from "@streamer/server/aws";
import { generateReport } from "./action.ts";
import { createGenerateReport } from "./report.ts";
import { createSalesStore } from "./sales.ts";

const config = table();
const run = createGenerateReport({ sales: createSalesStore(config), clock: systemClock });

export const handler = createProcessor(generateReport, run, processorDeps(config));
