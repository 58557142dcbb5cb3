import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

/** Gives back its sender's mark. */
export const ping = defineAction("ping", {
  input: v.object({ mark: v.string() }),
  output: v.object({ mark: v.string() }),
  estimatedDuration: "10 milliseconds",
});
