import { UnauthorizedError } from "@streamer/protocol";
import type { Connection, ConnectionManager, ConnectionStore } from "@streamer/server";
import { inGroups } from "../inGroups.ts";

/** `stale`: there is a record, and API Gateway knows no such connection: its `$disconnect` never came. */
export type ConnectionStatus = "open" | "stale";

/** One connection, as an operator sees it. */
export interface ConnectionView {
  readonly connection: Connection;
  /** Only when it was asked for: API Gateway is asked of each. */
  readonly status: ConnectionStatus | undefined;
}

export interface ListFilter {
  readonly tenant?: string | undefined;
  /** Of the tenant; needs one. */
  readonly user?: string | undefined;
  readonly status?: ConnectionStatus | undefined;
  readonly limit: number;
}

export interface ConnectionList {
  readonly views: readonly ConnectionView[];
  /** Whether the limit cut it. */
  readonly more: boolean;
}

/** What became of one connection that was to be ended. */
export interface Disconnection {
  readonly connectionId: string;
  readonly connection: Connection | undefined;
  /** `stale`: it was gone before, its record is removed now. `failed`: it may still be open; `error` says why. */
  readonly outcome: "disconnected" | "stale" | "failed";
  readonly error: Error | undefined;
}

/** What an operator does with connections. Reading changes nothing. */
export interface ConnectionAdmin {
  list(filter: ListFilter): Promise<ConnectionList>;
  /** `undefined`: there is no record of it. */
  show(connectionId: string): Promise<ConnectionView | undefined>;
  /** Ends one: the client is told why, then the connection is closed. `undefined`: there is no such connection, nor a record of one. */
  disconnect(connectionId: string, reason: string): Promise<Disconnection | undefined>;
  /** Ends all of a tenant, or of one of its users, that are there now. Each has an outcome of its own. */
  disconnectAll(of: { readonly tenant: string; readonly user?: string | undefined }, reason: string): Promise<readonly Disconnection[]>;
}

export interface ConnectionAdminDeps {
  readonly connections: Pick<ConnectionStore, "get" | "listByUser" | "listByTenant" | "scan" | "addPosted">;
  readonly connectionManager: Pick<ConnectionManager, "send" | "disconnect">;
  /** Whether API Gateway has a connection. Must not remove records: an operator who names the wrong API only looked. */
  readonly isOpen: (connectionId: string) => Promise<boolean>;
}

/** Calls to API Gateway under way together. */
const GROUP_SIZE = 25;

export function createConnectionAdmin({ connections, connectionManager, isOpen }: ConnectionAdminDeps): ConnectionAdmin {
  const statusOf = async (connectionId: string): Promise<ConnectionStatus> => ((await isOpen(connectionId)) ? "open" : "stale");

  const pageOf = (of: Pick<ListFilter, "tenant" | "user">, cursor: string | undefined) => {
    if (of.tenant === undefined) return connections.scan({ cursor });
    return of.user === undefined ? connections.listByTenant(of.tenant, { cursor }) : connections.listByUser(of.tenant, of.user, { cursor });
  };
  async function* pages(of: Pick<ListFilter, "tenant" | "user">): AsyncGenerator<readonly Connection[]> {
    let cursor: string | undefined;
    do {
      const page = await pageOf(of, cursor);
      yield page.items;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }

  const end = async (connectionId: string, connection: Connection | undefined, reason: string): Promise<Disconnection> => {
    const error = new UnauthorizedError({ details: { reason } }).toBody();
    // Counted ahead: afterwards `$disconnect` may have taken the record, and between the message and the end nothing should delay.
    await count(connectionId, 1);
    const told = await connectionManager.send(connectionId, { type: "error", error, final: true });
    // The manager has removed the record.
    if (told.status === "gone") return { connectionId, connection, outcome: "stale", error: undefined };
    if (told.status === "failed") await count(connectionId, -1);
    try {
      // A client that could not be told is disconnected all the same: that is what revocation is for.
      await connectionManager.disconnect(connectionId);
      return { connectionId, connection, outcome: "disconnected", error: undefined };
    } catch (thrown) {
      return { connectionId, connection, outcome: "failed", error: thrown as Error };
    }
  };
  const count = async (connectionId: string, messages: number): Promise<void> => {
    // A table that fails must not keep a connection open for the sake of a number.
    await connections.addPosted(connectionId, messages).catch(() => false);
  };

  return {
    async list({ status, limit, ...of }) {
      const views: ConnectionView[] = [];
      for await (const page of pages(of)) {
        const found = await inGroups(GROUP_SIZE, page, async (connection) => ({
          connection,
          status: status === undefined ? undefined : await statusOf(connection.connectionId),
        }));
        views.push(...found.filter((view) => view.status === status));
        if (views.length > limit) break;
      }
      return { views: views.slice(0, limit), more: views.length > limit };
    },

    async show(connectionId) {
      const connection = await connections.get(connectionId);
      return connection && { connection, status: await statusOf(connectionId) };
    },

    async disconnect(connectionId, reason) {
      const connection = await connections.get(connectionId);
      // Its record may be lost and its socket open.
      if (connection === undefined && !(await isOpen(connectionId))) return undefined;
      return end(connectionId, connection, reason);
    },

    async disconnectAll(of, reason) {
      const found: Connection[] = [];
      for await (const page of pages(of)) found.push(...page);
      return inGroups(GROUP_SIZE, found, (connection) => end(connection.connectionId, connection, reason));
    },
  };
}
