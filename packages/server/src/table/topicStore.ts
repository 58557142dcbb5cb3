import { CONNECTION_TTL_SECONDS } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { EntityItem } from "electrodb";
import type { TableConfig } from "./entities/model.ts";
import { createTopicSubscriptionEntity } from "./entities/topicSubscriptionEntity.ts";
import { checkCursor } from "./cursor.ts";
import { tableCall } from "./errors.ts";
import { decodeKeyPart, encodeKeyPart } from "./keys.ts";
import type { Page } from "./page.ts";

/** Which topic: names are unique within a tenant, and of one's own requests within a user. */
export interface TopicRef {
  readonly tenantId: string;
  /** See `topicKey`. */
  readonly key: string;
}

/** A connection that hears the events of a topic. Times in Unix seconds. */
export interface TopicSubscription extends TopicRef {
  readonly connectionId: string;
  readonly userId: string;
  readonly presence: boolean;
  readonly since: number;
  readonly authorizedUntil: number;
}

/** Who hears the events of which topic. */
export interface TopicStore {
  /** One update. To subscribe again keeps `since` and takes the rest. */
  subscribe(subscription: Omit<TopicSubscription, "since">): Promise<void>;
  /** Gives what was there. */
  unsubscribe(ref: TopicRef, connectionId: string): Promise<TopicSubscription | undefined>;
  /**
   * Those who may hear it now, strongly consistent: who subscribed before this read is in it. A page may have fewer than were read, or none:
   * those whose token has ended are left out. `limit`: how many are read; default as many as 1 MB holds.
   *
   * @throws {InvalidCursorError} when the cursor is of another topic.
   */
  listByTopic(ref: TopicRef, options?: { readonly limit?: number; readonly cursor?: string | undefined }): Promise<Page<TopicSubscription>>;
  /** The keys of a connection's topics, from the index, which is behind by a moment. */
  listByConnection(tenantId: string, connectionId: string): Promise<readonly string[]>;
  /** Which of these connections, at most 100, are subscribed, strongly consistent: one read by key. */
  subscribedOf(ref: TopicRef, connectionIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** After `authenticate`. `false`: it is not subscribed any more, and is not again. */
  renew(ref: TopicRef, connectionId: string, authorizedUntil: number): Promise<boolean>;
}

type TopicSubscriptionEntity = ReturnType<typeof createTopicSubscriptionEntity>;

/** Subscriptions of topics in the table of `config`. */
export function createTopicStore(config: TableConfig, clock: Pick<Clock, "now">): TopicStore {
  const entity = createTopicSubscriptionEntity(config);
  const seconds = (): number => Math.floor(clock.now() / 1000);
  return {
    async subscribe({ tenantId, key, connectionId, userId, presence, authorizedUntil }) {
      await tableCall("topic.subscribe", () =>
        entity
          .upsert({
            ...keyOf({ tenantId, key }),
            connection_id: connectionId,
            user_id: encodeKeyPart(userId),
            presence,
            authorized_until: authorizedUntil,
            expires_at: seconds() + CONNECTION_TTL_SECONDS,
          })
          .ifNotExists({ since: seconds() })
          .go({ response: "none" }),
      );
    },

    unsubscribe: (ref, connectionId) => removeTopicSubscription(entity, ref, connectionId),

    async listByTopic(ref, { limit, cursor } = {}) {
      const query = () => entity.query.primary(keyOf(ref));
      const from = checkCursor("topic.listByTopic", cursor, query().params());
      const { data, cursor: next } = await tableCall("topic.listByTopic", () =>
        query().go({ consistent: true, pages: 1, ...(limit === undefined ? {} : { limit }), cursor: from }),
      );
      const now = clock.now() / 1000;
      // DynamoDB deletes expired items late.
      const items = data.filter((item) => item.authorized_until > now && item.expires_at > now).map(toSubscription);
      return { items, cursor: next ?? undefined };
    },

    async listByConnection(tenantId, connectionId) {
      const begin = `subscription#${encodeKeyPart(tenantId)}#topic#`;
      // The index holds keys only, so the items carry no mark of their entity to filter by.
      const { data } = await tableCall("topic.listByConnection", () =>
        entity.query
          .byConnection({ connection_id: connectionId })
          .begins({ tenant_id: encodeKeyPart(tenantId), topic_key: "" })
          .go({ pages: "all", data: "includeKeys", ignoreOwnership: true }),
      );
      return (data as readonly unknown[] as readonly { readonly gsi3sk: string }[]).map((item) => item.gsi3sk.slice(begin.length));
    },

    async subscribedOf(ref, connectionIds) {
      const keys = [...new Set(connectionIds)].map((connection_id) => ({ ...keyOf(ref), connection_id }));
      return tableCall("topic.subscribedOf", async () => {
        const { data, unprocessed } = await entity.get(keys).go({ consistent: true });
        // Taken for an answer they would be connections that left.
        if (unprocessed.length > 0) throw new Error(`${unprocessed.length} of ${keys.length} keys were not read: the table is throttled.`);
        return new Set(data.map((item) => item.connection_id));
      });
    },

    async renew(ref, connectionId, authorizedUntil) {
      const answer = await tableCall("topic.renew", () =>
        entity
          .patch({ ...keyOf(ref), connection_id: connectionId })
          .set({ authorized_until: authorizedUntil })
          .go({ response: "none", returnOnConditionCheckFailure: "all_old" }),
      );
      return !answer.rejected;
    },
  };
}

export async function removeTopicSubscription(
  entity: TopicSubscriptionEntity,
  ref: TopicRef,
  connectionId: string,
): Promise<TopicSubscription | undefined> {
  const { data } = await tableCall("topic.unsubscribe", () =>
    entity.delete({ ...keyOf(ref), connection_id: connectionId }).go({ response: "all_old" }),
  );
  return data === null ? undefined : toSubscription(data);
}

function keyOf({ tenantId, key }: TopicRef) {
  return { tenant_id: encodeKeyPart(tenantId), topic_key: key };
}

function toSubscription(item: EntityItem<TopicSubscriptionEntity>): TopicSubscription {
  return {
    tenantId: decodeKeyPart(item.tenant_id),
    key: item.topic_key,
    connectionId: item.connection_id,
    userId: decodeKeyPart(item.user_id),
    presence: item.presence,
    since: item.since,
    authorizedUntil: item.authorized_until,
  };
}
