import { defineAction } from "@streamer/protocol";
import { workInput, workOutput } from "../../work/schemas.ts";

/** Soon out of time. */
export const hasty = defineAction("hasty", {
  input: workInput,
  output: workOutput,
  estimatedDuration: "10 seconds",
  timeout: "1500 milliseconds",
  retry: { attempts: 2, minDelay: "50 milliseconds" },
});
