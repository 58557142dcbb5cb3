import { defineAction } from "@streamer/protocol";
import * as v from "valibot";
import { printOrder } from "../quotePrints/action.ts";

/** A long action: a queue and a function of its own, and live progress. */
export const printPhotos = defineAction("print_photos", {
  input: printOrder,
  output: v.object({ photos: v.number(), cents: v.number() }),
  progress: v.object({ printed: v.number() }),
  estimatedDuration: "20 seconds",
  timeout: "2 minutes",
  // A cancellation is heard when the worker renews its lease: six times in it, so within 2.5 seconds.
  lease: "15 seconds",
});
