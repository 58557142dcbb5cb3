import { appendFileSync } from "node:fs";
import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { toil } from "./action.ts";

export const handler = createProcessor(
  toil,
  async ({ input, requestId, progress }) => {
    progress(10, "Begun");
    // In one write: a line is whole or not there.
    appendFileSync(input.ledger, `${requestId}\n`);
    progress(90, "Written");
    return { mark: input.mark };
  },
  processorDeps(),
);
