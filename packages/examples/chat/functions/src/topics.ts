import { defineTopic } from "@streamer/protocol";
import { message } from "./message.ts";

/** What is said in a room. Who is in it sees who else is; each tenant has rooms of its own. */
export const room = defineTopic("rooms/*", { event: message, presence: true });
