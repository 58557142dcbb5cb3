import { setTimeout as sleep } from "node:timers/promises";
import { createProcessor } from "@streamer/server";
import { processorDeps, table } from "@streamer/server/aws";
import { exactNow } from "../../../../exactNow.ts";
import { timed } from "./action.ts";
import { createRawTelling } from "./rawTelling.ts";

const config = table();
const raw = createRawTelling(config);
/** Beyond the reporter's interval, so that each report stands alone: it is stored and sent at once. */
const PAUSE_MS = 115;

export const handler = createProcessor(
  timed,
  async ({ input: { rounds, rawConnectionId, managementEndpoint }, requestId, progress, flush }) => {
    progress(1, "Started", { at: exactNow() });
    await flush();
    for (let round = 1; round <= rounds; round += 1) {
      await sleep(PAUSE_MS);
      progress(1 + round, "On the way", { at: exactNow() });
      await flush();
      await sleep(PAUSE_MS);
      await raw.tell({ id: requestId, round, connectionId: rawConnectionId, managementEndpoint });
    }
    return { at: exactNow() };
  },
  processorDeps(config),
);
