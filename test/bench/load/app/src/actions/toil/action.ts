import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

/** Writes its request's id into a file, says how far it is, and is done: who counts the lines knows what ran twice. */
export const toil = defineAction("toil", {
  input: v.object({ mark: v.string(), ledger: v.string() }),
  output: v.object({ mark: v.string() }),
  estimatedDuration: "6 seconds",
});
