import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

/** A long action: it takes over 5 seconds, so it gets a queue and a function of its own, and clients watch its progress. */
export const writeLetters = defineAction("write_letters", {
  input: v.object({ names: v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(100))), v.minLength(1), v.maxLength(200)) }),
  output: v.object({ url: v.string(), letters: v.number() }),
  estimatedDuration: "10 seconds",
  timeout: "2 minutes",
});
