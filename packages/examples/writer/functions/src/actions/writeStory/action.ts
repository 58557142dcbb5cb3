import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

/** Writes a story about what it is asked for. A long action, which emits the text while it is written. */
export const writeStory = defineAction("write_story", {
  input: v.object({ prompt: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(300)) }),
  output: v.object({ text: v.string(), tokens: v.number() }),
  /** A piece of the text: the tokens of a tenth of a second. */
  chunk: v.string(),
  estimatedDuration: "20 seconds",
  timeout: "2 minutes",
  // A worker that is silent for so long is taken for dead, and another attempt begins.
  lease: "10 seconds",
});
