import { defineAction } from "@streamer/protocol";
import { workInput, workOutput } from "../../work/schemas.ts";

/** Hears soon that it is to stop. Two at a time. */
export const stoppable = defineAction("stoppable", {
  input: workInput,
  output: workOutput,
  estimatedDuration: "10 seconds",
  timeout: "1 minute",
  // A worker hears of a cancel when it renews its lease, six times in it.
  lease: "3 seconds",
  concurrency: 2,
});
