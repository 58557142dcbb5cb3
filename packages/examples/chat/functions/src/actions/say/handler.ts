import type { Clock } from "@streamer/protocol";
import type { Handler } from "@streamer/server";
import { messageId } from "../../messages/messageId.ts";
import type { MessageStore } from "../../messages/messageStore.ts";
import { room } from "../../topics.ts";
import type { say } from "./action.ts";

export interface SayDeps {
  readonly messages: Pick<MessageStore, "add">;
  readonly clock: Pick<Clock, "now">;
}

/**
 * Stores a message, then tells the room. In this order: an event is a hint that is not kept, and whoever comes in later, or missed it,
 * reads the store. Who it is from, and whose room it is, the token says; no payload can.
 */
export function createSay({ messages, clock }: SayDeps): Handler<typeof say> {
  return async ({ input, requestId, tenantId, userId, publish }) => {
    const message = { id: messageId(userId, requestId), room: input.room, from: userId, text: input.text, sent_at: clock.now() };
    await messages.add(tenantId, message);
    await publish(room.at(input.room), message);
    return { message };
  };
}
