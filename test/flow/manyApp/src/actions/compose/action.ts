import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

/** The same as `post`, for who needs longer. */
export const compose = defineAction("compose", {
  input: v.object({ room: v.string(), text: v.string() }),
  output: v.object({ posted: v.string() }),
  estimatedDuration: "10 seconds",
  retry: { attempts: 1 },
});
