import { defineAction } from "@streamer/protocol";
import { workInput, workOutput } from "../../work/schemas.ts";

/** Its lease is the default. */
export const flaky = defineAction("flaky", {
  input: workInput,
  output: workOutput,
  estimatedDuration: "10 seconds",
  timeout: "1 minute",
  retry: { attempts: 3, minDelay: "50 milliseconds", maxDelay: "200 milliseconds" },
});
