import { DynamoDBDocumentClient, paginateQuery } from "@aws-sdk/lib-dynamodb";
import type { QueryCommandInput } from "@aws-sdk/lib-dynamodb";
import { systemClock } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { TableConfig } from "./entities/model.ts";
import { createSubscriptionEntity } from "./entities/requestParts.ts";
import { createTopicSubscriptionEntity } from "./entities/topicSubscriptionEntity.ts";
import { tableCall } from "./errors.ts";
import { decodeKeyPart, encodeKeyPart } from "./keys.ts";
import type { RequestRef } from "./storedRequest.ts";
import { removeTopicSubscription } from "./topicStore.ts";
import type { TopicRef, TopicSubscription } from "./topicStore.ts";
import { untilDone } from "./untilDone.ts";

/** What a subscription takes of its request. */
export interface WatchedRequest extends RequestRef {
  /** Unix seconds. */
  readonly expiresAt: number;
}

/** Who watches which request, beside the connection that submitted it. */
export interface SubscriptionStore {
  /** `expiresAt` is the request's, in Unix seconds. Gives whether it was there before. */
  put(ref: RequestRef, connectionId: string, expiresAt: number): Promise<boolean>;
  /** The same for many: one call for each 25, which does not say what was there before. */
  putMany(watched: readonly WatchedRequest[], connectionId: string): Promise<void>;
  /** Removes one subscription. No error when there is none. */
  delete(ref: RequestRef, connectionId: string): Promise<void>;
  /** Connection ids, strongly consistent: a subscriber that wrote before this read is in it. */
  listByRequest(ref: RequestRef): Promise<readonly string[]>;
  /**
   * Removes all of a connection, of requests and of topics: one query, one batch of deletes for each 25 requests, one delete for each topic.
   * A subscription that was made a moment ago may be missed: the index is behind by so much. Its TTL removes it, or who finds it gone.
   *
   * @throws {TableError} also when a throttled table still leaves some of them after five tries.
   */
  deleteByConnection(connectionId: string): Promise<RemovedSubscriptions>;
}

/** What a connection watched. */
export interface RemovedSubscriptions {
  /** How many requests. */
  readonly requests: number;
  readonly topics: readonly TopicSubscription[];
}

/** Subscriptions in the table of `config`. `clock`: default the system's. */
export function createSubscriptionStore(config: TableConfig, clock: Clock = systemClock): SubscriptionStore {
  const subscriptions = createSubscriptionEntity(config);
  const topics = createTopicSubscriptionEntity(config);
  const key = (ref: RequestRef) => ({ tenant_id: encodeKeyPart(ref.tenantId), request_id: ref.requestId });
  return {
    async put(ref, connectionId, expiresAt) {
      const { data } = await tableCall("subscription.put", () =>
        subscriptions.put({ ...key(ref), connection_id: connectionId, expires_at: expiresAt }).go({ response: "all_old" }),
      );
      // ElectroDB's type does not say that there may have been nothing.
      return (data as unknown) !== null && Object.keys(data).length > 0;
    },

    async putMany(watched, connectionId) {
      const items = watched.map((request) => ({ ...key(request), connection_id: connectionId, expires_at: request.expiresAt }));
      await untilDone("subscription.putMany", items, clock, async (left) => {
        const { unprocessed } = await subscriptions.put([...left]).go({ concurrent: 4 });
        return leftOf(left, unprocessed);
      });
    },

    async delete(ref, connectionId) {
      await tableCall("subscription.delete", () =>
        subscriptions.delete({ ...key(ref), connection_id: connectionId }).go({ response: "none" }),
      );
    },

    async listByRequest(ref) {
      const { data } = await tableCall("subscription.listByRequest", () =>
        subscriptions.query.primary(key(ref)).go({ consistent: true, pages: "all" }),
      );
      return data.map((item) => item.connection_id);
    },

    async deleteByConnection(connectionId) {
      // Two kinds of items in one query: ElectroDB leaves out those of the other.
      const input = subscriptions.query.byConnection({ connection_id: connectionId }).params<QueryCommandInput>();
      const sortKeys = await tableCall("subscription.listByConnection", () => allSortKeys(config, input));
      const found = sortKeys.map(watchedOf);
      const requests = found.flatMap(({ request }) => (request === undefined ? [] : [{ ...request, connection_id: connectionId }]));
      await untilDone("subscription.deleteByConnection", requests, clock, async (left) => {
        const { unprocessed } = await subscriptions.delete([...left]).go();
        return leftOf(left, unprocessed);
      });
      // A connection has fifty at most. Batches of deletes would not give what was there.
      const heard = found.flatMap(({ topic }) => topic ?? []);
      const removed = await Promise.all(heard.map((ref) => removeTopicSubscription(topics, ref, connectionId)));
      return { requests: requests.length, topics: removed.filter((subscription) => subscription !== undefined) };
    },
  };
}

type RequestKey = { readonly tenant_id: string; readonly request_id: string };

/** Those of a connection's requests that a batch did not do. */
function leftOf<Key extends RequestKey>(tried: readonly Key[], unprocessed: readonly RequestKey[]): readonly Key[] {
  const undone = new Set(unprocessed.map(({ tenant_id, request_id }) => `${tenant_id}#${request_id}`));
  return tried.filter(({ tenant_id, request_id }) => undone.has(`${tenant_id}#${request_id}`));
}

async function allSortKeys({ client }: TableConfig, input: QueryCommandInput): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { Items = [] } of paginateQuery({ client: DynamoDBDocumentClient.from(client) }, input)) {
    keys.push(...Items.map((item) => String(item["gsi3sk"])));
  }
  return keys;
}

/**
 * What a connection watches, by its key in the index: `subscription#<tenant>#<request>` or `subscription#<tenant>#topic#<key>`. Neither a
 * tenant nor a request can hold a `#`, so a key with no more than three parts is of a request, whatever its id.
 */
function watchedOf(sortKey: string): { readonly request?: RequestKey; readonly topic?: TopicRef } {
  const [, tenant_id = "", request_id = "", ...key] = sortKey.split("#");
  if (key.length === 0) return { request: { tenant_id, request_id } };
  return { topic: { tenantId: decodeKeyPart(tenant_id), key: key.join("#") } };
}
