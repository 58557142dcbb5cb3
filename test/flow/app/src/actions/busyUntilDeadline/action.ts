import { defineAction } from "@streamer/protocol";
import { workInput, workOutput } from "../../work/schemas.ts";

/** As `busy`, with the lease that such work should have. */
export const busyUntilDeadline = defineAction("busy_until_deadline", {
  input: workInput,
  output: workOutput,
  estimatedDuration: "10 seconds",
  timeout: "5 minutes",
  lease: "untilDeadline",
  retry: { attempts: 3, minDelay: "50 milliseconds" },
});
