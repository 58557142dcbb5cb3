import { defineAction } from "@streamer/protocol";
import { anything } from "./anything.ts";

/** What the file says that the input names. */
export type Mood = "fails" | "put off" | "waits" | "works";

export const brittle = defineAction("brittle", {
  input: anything<{ readonly moodFile: string }>(),
  output: anything<{ readonly attempt: number }>(),
  estimatedDuration: "10 seconds",
  // A worker hears of a cancel when it renews its lease, six times in it.
  lease: "12 seconds",
});
