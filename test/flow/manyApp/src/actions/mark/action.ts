import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

/** Writes one line into a file, after a while. */
export const mark = defineAction("mark", {
  input: v.object({ file: v.string(), line: v.string(), afterMs: v.optional(v.number(), 0) }),
  output: v.object({ line: v.string() }),
  estimatedDuration: "6 seconds",
  // A step that a dead worker began is begun again when that worker can certainly not be at it: soon.
  timeout: "2 seconds",
  // A worker hears of a cancel when it renews its lease, six times in it.
  lease: "2 seconds",
  retry: { attempts: 5, minDelay: "50 milliseconds", maxDelay: "200 milliseconds" },
});
