import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

/** Work that is none: what is left is what a request costs. */
export const passing = defineAction("passing", {
  input: v.object({ text: v.string() }),
  output: v.object({ done: v.boolean() }),
  estimatedDuration: "10 seconds",
});
