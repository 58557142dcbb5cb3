import type { Clock } from "@streamer/protocol";
import { encodeKeyPart, TableError } from "@streamer/server";
import type { TableConfig } from "@streamer/server";
import type { Message } from "../message.ts";
import { createMessageEntity } from "./messageEntity.ts";

/** How many messages of a room are given. */
export const HISTORY = 50;
/** 30 days. DynamoDB deletes later, by up to days; until then reads leave them out. */
export const MESSAGE_TTL_SECONDS = 30 * 24 * 60 * 60;

/** The messages of all rooms. */
export interface MessageStore {
  /** @throws {TableError} when the table does not take it. */
  add(tenantId: string, message: Message): Promise<void>;
  /**
   * The last 50 of a room, oldest first, each once. All that were added before the call are seen.
   *
   * @throws {TableError} when the table does not answer.
   */
  latest(tenantId: string, room: string): Promise<readonly Message[]>;
}

export function createMessageStore(config: TableConfig, clock: Pick<Clock, "now">): MessageStore {
  const entity = createMessageEntity(config);
  const nowSeconds = (): number => Math.floor(clock.now() / 1_000);

  return {
    async add(tenantId, { id, room, from, text, sent_at }) {
      const key = { tenant_id: encodeKeyPart(tenantId), room, sent_at: String(sent_at).padStart(15, "0"), message_id: id };
      try {
        await entity.put({ ...key, from, text, expires_at: nowSeconds() + MESSAGE_TTL_SECONDS }).go();
      } catch (error) {
        throw new TableError("chatMessage.add", error);
      }
    },
    async latest(tenantId, room) {
      const newestFirst = await entity.query
        .byRoom({ tenant_id: encodeKeyPart(tenantId), room })
        .go({ order: "desc", limit: HISTORY, consistent: true })
        .catch((error: unknown) => {
          throw new TableError("chatMessage.latest", error);
        });
      const messages = newestFirst.data
        .filter(({ expires_at }) => expires_at > nowSeconds())
        .map((item): Message => ({ id: item.message_id, room, from: item.from, text: item.text, sent_at: Number(item.sent_at) }));
      // A request that was sent again is stored again, under the same id: the first counts, and the newest come first here.
      return [...new Map(messages.map((message) => [message.id, message])).values()].toSorted((a, b) => a.sent_at - b.sent_at);
    },
  };
}
