import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

/** Reports that carry the moment at which they were made, and beside each the same told by bare calls of the SDK. */
export const timed = defineAction("timed", {
  input: v.object({
    /** Reports after the first. */
    rounds: v.number(),
    /** A connection that is told by bare calls, and where. */
    rawConnectionId: v.string(),
    managementEndpoint: v.string(),
  }),
  /** When the handler returned. */
  output: v.object({ at: v.number() }),
  /** When it was reported. */
  progress: v.object({ at: v.number() }),
  estimatedDuration: "10 seconds",
});
