import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

export const reflectNow = defineAction("reflect_now", {
  input: v.object({ text: v.string() }),
  output: v.object({ text: v.string() }),
  estimatedDuration: "1 second",
});
