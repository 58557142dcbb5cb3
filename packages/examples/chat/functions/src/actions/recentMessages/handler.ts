import { byteLength } from "@streamer/protocol";
import type { Handler } from "@streamer/server";
import type { Message } from "../../message.ts";
import type { MessageStore } from "../../messages/messageStore.ts";
import type { recentMessages } from "./action.ts";

/** An answer of a short action must fit into a message of 128 KB. Fifty long texts in Chinese would not. */
export const MAX_HISTORY_BYTES = 100_000;

export function createRecentMessages(messages: Pick<MessageStore, "latest">): Handler<typeof recentMessages> {
  return async ({ input, tenantId }) => ({ messages: newestThatFit(await messages.latest(tenantId, input.room)) });
}

function newestThatFit(messages: readonly Message[]): Message[] {
  let sizeBytes = 0;
  const first = messages.findLastIndex((message) => (sizeBytes += byteLength(JSON.stringify(message)) + 1) > MAX_HISTORY_BYTES);
  return messages.slice(first + 1);
}
