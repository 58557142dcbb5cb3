import { systemClock } from "@streamer/protocol";
import { createProcessor } from "@streamer/server";
import { processorDeps, table } from "@streamer/server/aws";
import { bulkOperation } from "./action.ts";
import { createBulkOperation } from "./bulkOperation.ts";
import { createCheckpointStore } from "./checkpointStore.ts";
import { createItemStore } from "./itemStore.ts";

const config = table();
const run = createBulkOperation({
  items: createItemStore(config, { clock: systemClock, random: Math.random }),
  checkpoints: createCheckpointStore(config, systemClock),
});

export const handler = createProcessor(bulkOperation, run, processorDeps(config));
