import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

export const toil = defineAction("toil", {
  input: v.object({
    /** Of the first attempt; those that follow work. */
    deed: v.picklist(["works", "fails", "gives up", "dies", "waits"]),
    secret: v.string(),
  }),
  output: v.object({ secret: v.string(), correlationId: v.string(), traceparent: v.optional(v.string()) }),
  chunk: v.string(),
  estimatedDuration: "10 seconds",
  timeout: "20 seconds",
  // A worker that dies is missed soon, and one that is told to stop hears of it soon.
  lease: "2 seconds",
  retry: { attempts: 3, minDelay: "50 milliseconds", maxDelay: "200 milliseconds" },
});
