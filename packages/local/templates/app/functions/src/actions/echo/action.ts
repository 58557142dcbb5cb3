import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

/** A short action: the router answers it at once. */
export const echo = defineAction("echo", {
  input: v.object({ message: v.pipe(v.string(), v.minLength(1), v.maxLength(1_000)) }),
  output: v.object({ message: v.string() }),
  estimatedDuration: "10 milliseconds",
});
