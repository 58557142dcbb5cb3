import { defineAction } from "@streamer/protocol";
import * as v from "valibot";
import { message, roomName } from "../../message.ts";

/** The last messages of a room: for whoever comes in, or was away. */
export const recentMessages = defineAction("recent_messages", {
  input: v.object({ room: roomName }),
  output: v.object({ messages: v.array(message) }),
  estimatedDuration: "50 milliseconds",
});
