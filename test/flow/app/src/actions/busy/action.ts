import { defineAction } from "@streamer/protocol";
import { workInput, workOutput } from "../../work/schemas.ts";

/** For work that cannot renew its lease, and has the default one. */
export const busy = defineAction("busy", {
  input: workInput,
  output: workOutput,
  estimatedDuration: "10 seconds",
  timeout: "5 minutes",
  retry: { attempts: 3, minDelay: "50 milliseconds" },
});
