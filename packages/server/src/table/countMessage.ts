import type { EntityItem } from "electrodb";
import type { createConnectionEntity } from "./entities/connectionEntity.ts";
import { tableCall } from "./errors.ts";

/** So many messages in so much time. */
export interface RateWindow {
  readonly messages: number;
  readonly windowMs: number;
}

type ConnectionEntity = ReturnType<typeof createConnectionEntity>;

/** A connection's record after a message; `limitedForMs` when it was one too many: the window ends in so many ms. Received it was: it counts. */
export interface CountedMessage {
  readonly item: EntityItem<ConnectionEntity>;
  readonly limitedForMs: number | undefined;
}

/**
 * Counts a message of a connection: one conditional update. When the window is over, that one loses, and another opens the next window.
 *
 *     window open   → counted; beyond its room: limited until it ends
 *     window over   → loses; then: the first to see it opens a window with its message, the others count in that one
 *
 * @returns `undefined` when there is no such connection.
 */
export async function countMessage(
  entity: ConnectionEntity,
  connectionId: string,
  nowMs: number,
  limit: RateWindow | undefined,
): Promise<CountedMessage | undefined> {
  for (;;) {
    const counted = await countInWindow(entity, connectionId, nowMs, limit);
    if (!counted.rejected) return { item: counted.data, limitedForMs: limit && untilRoom(counted.data, nowMs, limit) };
    if (counted.data === null || limit === undefined) return undefined;
    const opened = await openWindow(entity, connectionId, nowMs, limit);
    if (!opened.rejected) return { item: opened.data, limitedForMs: undefined };
  }
}

/** How long a message that has been counted has to wait; `undefined` when there was room for it. */
function untilRoom(item: CountedMessage["item"], nowMs: number, { messages, windowMs }: RateWindow): number | undefined {
  if ((item.rate_window_messages ?? 0) <= messages) return undefined;
  return (item.rate_window_started_at ?? 0) + windowMs - nowMs;
}

function countInWindow(entity: ConnectionEntity, connectionId: string, nowMs: number, limit: RateWindow | undefined) {
  return tableCall("connection.touch", () =>
    entity
      .patch({ connection_id: connectionId })
      .set({ last_ping_at: nowMs })
      .add({ messages_received: 1, rate_window_messages: 1 })
      .where(({ rate_window_started_at }, { gt }) => (limit === undefined ? "" : gt(rate_window_started_at, nowMs - limit.windowMs)))
      .go({ response: "all_new", returnOnConditionCheckFailure: "all_old" }),
  );
}

function openWindow(entity: ConnectionEntity, connectionId: string, nowMs: number, { windowMs }: RateWindow) {
  return tableCall("connection.touch", () =>
    entity
      .patch({ connection_id: connectionId })
      .set({ last_ping_at: nowMs, rate_window_started_at: nowMs, rate_window_messages: 1 })
      .add({ messages_received: 1 })
      .where(
        ({ rate_window_started_at }, { lte, notExists }) =>
          `(${notExists(rate_window_started_at)} OR ${lte(rate_window_started_at, nowMs - windowMs)})`,
      )
      .go({ response: "all_new", returnOnConditionCheckFailure: "all_old" }),
  );
}
