import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createProcessor, RetryableError, TerminalError } from "@streamer/server";
import { processorDeps } from "@streamer/server/aws";
import { brittle } from "./action.ts";
import type { Mood } from "./action.ts";

export const handler = createProcessor(
  brittle,
  async ({ input, attempt, progress, flush, signal }) => {
    progress(10, "Looking at the file");
    await flush();
    const mood = (await readFile(input.moodFile, "utf8")) as Mood;
    if (mood === "fails") throw new TerminalError("the file says no");
    if (mood === "put off") throw new RetryableError("the file says later", { retryAfter: "1 hour" });
    // Until it is told to stop: each flush looks whether it is.
    for (let percentage = 11; mood === "waits"; percentage = Math.min(90, percentage + 1)) {
      progress(percentage, "Waiting");
      await flush();
      await sleep(50, undefined, { signal });
    }
    return { attempt };
  },
  processorDeps(),
);
