import { defineAction } from "@streamer/protocol";
import * as v from "valibot";

/** Says something in a room, or to the staff when none is named. */
export const post = defineAction("post", {
  input: v.object({ room: v.optional(v.string()), text: v.string() }),
  output: v.object({ posted: v.string() }),
  estimatedDuration: "100 milliseconds",
});
