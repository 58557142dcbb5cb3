import { CONNECTION_TTL_SECONDS } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { EntityItem } from "electrodb";
import { createConnectionEntity } from "./entities/connectionEntity.ts";
import type { TableConfig } from "./entities/model.ts";
import { tableCall } from "./errors.ts";
import { decodeKeyPart, encodeKeyPart } from "./keys.ts";
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
}

export type NewConnection = Omit<Connection, "connectedAt" | "lastPingAt" | "messagesReceived">;

export interface ConnectionStore {
  /** One put. A connection id is the platform's and unique, so there is nothing to lose by overwriting. */
  save(connection: NewConnection): Promise<void>;
  get(connectionId: string): Promise<Connection | undefined>;
  /** Counts a received message and gives the connection: one call per message. `undefined`: there is no such connection. */
  touch(connectionId: string): Promise<Connection | undefined>;
  /** After `authenticate`: the new token's rights and end. `false`: there is no such connection. */
  renew(connectionId: string, token: { readonly permissions: readonly string[]; readonly expiresAt: number }): Promise<boolean>;
  /** Gives what was deleted; `undefined` when there was nothing. */
  delete(connectionId: string): Promise<Connection | undefined>;
  listByUser(tenantId: string, userId: string, options?: PageOptions): Promise<Page<Connection>>;
  listByTenant(tenantId: string, options?: PageOptions): Promise<Page<Connection>>;
}

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
            expires_at: seconds() + CONNECTION_TTL_SECONDS,
          })
          .go({ response: "none" }),
      );
    },

    async get(connectionId) {
      const { data } = await tableCall("connection.get", () => entity.get({ connection_id: connectionId }).go());
      return data === null ? undefined : alive(data, seconds());
    },

    async touch(connectionId) {
      const answer = await tableCall("connection.touch", () =>
        entity
          .patch({ connection_id: connectionId })
          .set({ last_ping_at: clock.now() })
          .add({ messages_received: 1 })
          .go({ response: "all_new", returnOnConditionCheckFailure: "all_old" }),
      );
      return answer.rejected ? undefined : toConnection(answer.data);
    },

    async renew(connectionId, token) {
      const answer = await tableCall("connection.renew", () =>
        entity
          .patch({ connection_id: connectionId })
          .set({ permissions: [...token.permissions], token_expires_at: token.expiresAt })
          .go({ returnOnConditionCheckFailure: "all_old" }),
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
      const key = { tenant_id: encodeKeyPart(tenantId), user_id: encodeKeyPart(userId) };
      const { data, cursor } = await tableCall("connection.listByUser", () =>
        entity.query
          .byUser(key)
          .go({ hydrate: true, order: "desc", limit: options.limit ?? DEFAULT_PAGE_LIMIT, cursor: options.cursor ?? null }),
      );
      return toPage(data, cursor, seconds());
    },

    async listByTenant(tenantId, options = {}) {
      const { data, cursor } = await tableCall("connection.listByTenant", () =>
        entity.query
          .byTenant({ tenant_id: encodeKeyPart(tenantId) })
          .go({ hydrate: true, order: "desc", limit: options.limit ?? DEFAULT_PAGE_LIMIT, cursor: options.cursor ?? null }),
      );
      return toPage(data, cursor, seconds());
    },
  };
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
  };
}
