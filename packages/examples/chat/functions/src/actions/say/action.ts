import { defineAction } from "@streamer/protocol";
import * as v from "valibot";
import { message, roomName } from "../../message.ts";

/** Says something in a room. A short action: the router answers it at once. */
export const say = defineAction("say", {
  input: v.object({ room: roomName, text: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(1_000)) }),
  output: v.object({ message }),
  estimatedDuration: "50 milliseconds",
});
