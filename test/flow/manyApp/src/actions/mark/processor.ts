import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createProcessor } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { mark } from "./action.ts";

export const handler = createProcessor(
  mark,
  async ({ input: { file, line, afterMs }, once, progress, signal }) => {
    if (afterMs > 0) {
      progress(50, "Half of it");
      await sleep(afterMs, undefined, { signal });
    }
    // In one write: a line is whole or not there.
    await once("mark", async () => appendFileSync(file, `${line}\n`));
    return { line };
  },
  processorDeps(),
);
