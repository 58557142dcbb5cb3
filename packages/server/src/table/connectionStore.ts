import { CONNECTION_TTL_SECONDS, MAX_CONNECTION_DURATION_MS, sleep } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { EntityItem } from "electrodb";
import { countMessage } from "./countMessage.ts";
import type { RateWindow } from "./countMessage.ts";
import { checkCursor, checkScanCursor } from "./cursor.ts";
import { createConnectionEntity } from "./entities/connectionEntity.ts";
import type { TableConfig } from "./entities/model.ts";
import { tableCall } from "./errors.ts";
import { activePartition, decodeKeyPart, encodeKeyPart, WORK_SHARDS, workShard } from "./keys.ts";
import { DEFAULT_PAGE_LIMIT } from "./page.ts";
import type { Page, PageOptions } from "./page.ts";

/** One open WebSocket and who is behind it. Times in ms since 1970, `tokenExpiresAt` in Unix seconds. */
export interface Connection {
  readonly connectionId: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly permissions: readonly string[];
  readonly endpoint: string;
  readonly connectedAt: number;
  readonly lastPingAt: number;
  readonly tokenExpiresAt: number;
  readonly userAgent: string | undefined;
  readonly ipAddress: string | undefined;
  readonly messagesReceived: number;
  /** One answer to each message received, and what was posted. Posts of an attempt are added when it ends. */
  readonly messagesSent: number;
}

export type NewConnection = Omit<Connection, "connectedAt" | "lastPingAt" | "messagesReceived" | "messagesSent">;

export interface TouchedConnection extends Connection {
  /** The message is one too many: the window ends in so many ms. `undefined`: it may pass. */
  readonly limitedForMs: number | undefined;
}

/** Connections in the table. Every verb throws a `TableError` when the table does not answer. */
export interface ConnectionStore {
  /** One put. A connection id is the platform's and unique, so there is nothing to lose by overwriting. */
  save(connection: NewConnection): Promise<void>;
  /** `undefined` when there is none, or its time has passed. */
  get(connectionId: string): Promise<Connection | undefined>;
  /**
   * Counts a received message and gives the connection: one call per message. `undefined`: there is no such connection, also not after
   * `TOUCH_RETRIES` more looks, `TOUCH_RETRY_MS` apart. With a limit there is a second call when a window of it has turned over.
   */
  touch(connectionId: string, limit?: RateWindow): Promise<TouchedConnection | undefined>;
  /** After `authenticate`: the new token's rights and end. `false`: there is no such connection. */
  renew(connectionId: string, token: { readonly permissions: readonly string[]; readonly expiresAt: number }): Promise<boolean>;
  /** Gives what was deleted; `undefined` when there was nothing. */
  delete(connectionId: string): Promise<Connection | undefined>;
  /** Adds to the messages posted to a connection. `false`: there is no such connection, and none is made. */
  addPosted(connectionId: string, messages: number): Promise<boolean>;
  /** The connections of one user of a tenant, a page at a time. */
  listByUser(tenantId: string, userId: string, options?: PageOptions): Promise<Page<Connection>>;
  /** The connections of a tenant, a page at a time. */
  listByTenant(tenantId: string, options?: PageOptions): Promise<Page<Connection>>;
  /**
   * How many are open, everyone's together: one counting query for each of the index's `WORK_SHARDS` partitions, and one more for each MB of
   * their entries, some 10,000 connections. A connection whose end nobody told of is counted until it would be two hours old, when API Gateway
   * has ended it. Of the last second it may be wrong: indexes follow their table.
   */
  countActive(): Promise<number>;
  /** Everyone's, in no order: reads the whole table, requests and all. For an operator, never for a request. A page may be empty. */
  scan(options?: PageOptions): Promise<Page<Connection>>;
}

/** How often, and how far apart, `touch` looks again for a record that is not there. */
export const TOUCH_RETRIES = 3;
export const TOUCH_RETRY_MS = 50;

/** Connections in the table of `config`. */
export function createConnectionStore(config: TableConfig, clock: Clock): ConnectionStore {
  const entity = createConnectionEntity(config);
  const seconds = (): number => Math.floor(clock.now() / 1000);
  return {
    async save(connection) {
      const now = clock.now();
      await tableCall("connection.save", () =>
        entity
          .put({
            connection_id: connection.connectionId,
            tenant_id: encodeKeyPart(connection.tenantId),
            user_id: encodeKeyPart(connection.userId),
            permissions: [...connection.permissions],
            endpoint: connection.endpoint,
            connected_at: now,
            last_ping_at: now,
            token_expires_at: connection.tokenExpiresAt,
            metadata: {
              ...(connection.userAgent === undefined ? {} : { user_agent: connection.userAgent }),
              ...(connection.ipAddress === undefined ? {} : { ip_address: connection.ipAddress }),
            },
            messages_received: 0,
            rate_window_started_at: now,
            rate_window_messages: 0,
            active: activePartition(workShard(connection.connectionId)),
            expires_at: seconds() + CONNECTION_TTL_SECONDS,
          })
          .go({ response: "none" }),
      );
    },

    async get(connectionId) {
      const { data } = await tableCall("connection.get", () => entity.get({ connection_id: connectionId }).go());
      return data === null ? undefined : alive(data, seconds());
    },

    touch: (connectionId, limit) =>
      untilThere(clock, async () => {
        const counted = await countMessage(entity, connectionId, clock.now(), limit);
        const connection = counted && alive(counted.item, seconds());
        return connection && { ...connection, limitedForMs: counted?.limitedForMs };
      }),

    async renew(connectionId, token) {
      const answer = await tableCall("connection.renew", () =>
        entity
          .patch({ connection_id: connectionId })
          .set({ permissions: [...token.permissions], token_expires_at: token.expiresAt })
          .go({ returnOnConditionCheckFailure: "all_old" }),
      );
      return !answer.rejected;
    },

    async addPosted(connectionId, messages) {
      const answer = await tableCall("connection.addPosted", () =>
        entity
          .patch({ connection_id: connectionId })
          .add({ messages_posted: messages })
          .go({ response: "none", returnOnConditionCheckFailure: "all_old" }),
      );
      return !answer.rejected;
    },

    async delete(connectionId) {
      const { data } = await tableCall("connection.delete", () =>
        entity.delete({ connection_id: connectionId }).go({ response: "all_old" }),
      );
      return data === null ? undefined : toConnection(data);
    },

    async listByUser(tenantId, userId, options = {}) {
      const query = () => entity.query.byUser({ tenant_id: encodeKeyPart(tenantId), user_id: encodeKeyPart(userId) });
      const from = checkCursor("connection.listByUser", options.cursor, query().params());
      const { data, cursor } = await tableCall("connection.listByUser", () =>
        query().go({ hydrate: true, order: "desc", limit: options.limit ?? DEFAULT_PAGE_LIMIT, cursor: from }),
      );
      return toPage(data, cursor, seconds());
    },

    async listByTenant(tenantId, options = {}) {
      const query = () => entity.query.byTenant({ tenant_id: encodeKeyPart(tenantId) });
      const from = checkCursor("connection.listByTenant", options.cursor, query().params());
      const { data, cursor } = await tableCall("connection.listByTenant", () =>
        query().go({ hydrate: true, order: "desc", limit: options.limit ?? DEFAULT_PAGE_LIMIT, cursor: from }),
      );
      return toPage(data, cursor, seconds());
    },

    async countActive() {
      const since = clock.now() - MAX_CONNECTION_DURATION_MS;
      const shards = Array.from({ length: WORK_SHARDS }, (_, shard) => shard);
      const counts = await tableCall("connection.countActive", () => Promise.all(shards.map((shard) => countShard(entity, shard, since))));
      return counts.reduce((sum, count) => sum + count, 0);
    },

    async scan(options = {}) {
      const from = checkScanCursor("connection.scan", options.cursor);
      const { data, cursor } = await tableCall("connection.scan", () =>
        entity.scan.go({ ...(options.limit === undefined ? {} : { limit: options.limit }), cursor: from }),
      );
      return toPage(data, cursor, seconds());
    },
  };
}

/**
 * Looks again, a few times, for a record that a first frame may have overtaken. It should not: the client hears 101 when `$connect` has
 * returned, after its put, and an update sees every finished put. But a put that the SDK timed out on may still land, and a replica of
 * another Region lags behind. Whoever has a record pays nothing for this.
 */
async function untilThere<Found>(clock: Clock, look: () => Promise<Found | undefined>): Promise<Found | undefined> {
  for (let retry = 0; retry < TOUCH_RETRIES; retry += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(clock, TOUCH_RETRY_MS);
  }
  return look();
}

/** What ElectroDB hands through of a query that counts. */
interface Counted {
  readonly Count?: number;
  readonly LastEvaluatedKey?: Record<string, unknown>;
}

/** The entries of one partition, without reading what they stand for. */
async function countShard(entity: ReturnType<typeof createConnectionEntity>, shard: number, since: number): Promise<number> {
  let count = 0;
  let from: Counted["LastEvaluatedKey"];
  do {
    const query = entity.query.active({ active: activePartition(shard) }).gte({ connected_at: since });
    const params = { Select: "COUNT", ...(from === undefined ? {} : { ExclusiveStartKey: from }) };
    const page = (await query.go({ data: "raw", params })).data as Counted;
    count += page.Count ?? 0;
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return count;
}

type Item = EntityItem<ReturnType<typeof createConnectionEntity>>;

function toPage(items: readonly Item[], cursor: string | null, nowSeconds: number): Page<Connection> {
  return { items: items.flatMap((item) => alive(item, nowSeconds) ?? []), cursor: cursor ?? undefined };
}

/** DynamoDB deletes expired items late: a read must not see them before. */
function alive(item: Item, nowSeconds: number): Connection | undefined {
  return item.expires_at <= nowSeconds ? undefined : toConnection(item);
}

function toConnection(item: Item): Connection {
  return {
    connectionId: item.connection_id,
    tenantId: decodeKeyPart(item.tenant_id),
    userId: decodeKeyPart(item.user_id),
    permissions: item.permissions,
    endpoint: item.endpoint,
    connectedAt: item.connected_at,
    lastPingAt: item.last_ping_at,
    tokenExpiresAt: item.token_expires_at,
    userAgent: item.metadata.user_agent,
    ipAddress: item.metadata.ip_address,
    messagesReceived: item.messages_received,
    messagesSent: item.messages_received + (item.messages_posted ?? 0),
  };
}
