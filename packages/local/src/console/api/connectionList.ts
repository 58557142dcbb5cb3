import { isTerminal } from "@streamer/protocol";
import { topicOfKey } from "@streamer/server";
import type { Connection, ConnectionStore, RequestStore, TableConfig, TopicStore } from "@streamer/server";
import { inGroups } from "../../cli/inGroups.ts";
import type { ConnectionView, Page } from "../contract.ts";
import { recordedConnections, watchedRequests } from "./connectionKeys.ts";
import type { ConsoleParts } from "./consoleParts.ts";
import { withoutAbsent } from "./requestRow.ts";

const PAGE_SIZE = 50;
/** Read together. */
const GROUP_SIZE = 10;
/** Of one connection are shown. */
const MAX_REQUESTS = 50;

export interface ConnectionListDeps extends Pick<ConsoleParts, "controls"> {
  readonly table: TableConfig;
  readonly connections: Pick<ConnectionStore, "get">;
  readonly requests: Pick<RequestStore, "listByConnection">;
  readonly topics: Pick<TopicStore, "listByConnection">;
}

/** Connections by their ids, some at a time. `cursor`: the id after which the page begins. */
export async function listConnections(cursor: string | undefined, deps: ConnectionListDeps): Promise<Page<ConnectionView>> {
  // One that has just opened may not be in the index yet, and a leftover has no socket.
  const ids = new Set([...(await recordedConnections(deps.table)), ...deps.controls.openConnections()]);
  const rest = [...ids].toSorted().filter((id) => cursor === undefined || id > cursor);
  const shown = rest.slice(0, PAGE_SIZE);
  const found = await inGroups(GROUP_SIZE, shown, async (id) => {
    const connection = await deps.connections.get(id);
    return connection === undefined ? [] : [await viewOf(connection, deps)];
  });
  const last = shown.at(-1);
  return { items: found.flat(), ...(rest.length > shown.length && last !== undefined ? { cursor: last } : {}) };
}

async function viewOf(connection: Connection, { table, requests, topics, controls }: ConnectionListDeps): Promise<ConnectionView> {
  const { connectionId, tenantId, userId, permissions, connectedAt } = connection;
  const [submitted, watched, topicKeys] = await Promise.all([
    requests.listByConnection(connectionId, { limit: MAX_REQUESTS }),
    watchedRequests(table, connectionId, MAX_REQUESTS),
    topics.listByConnection(tenantId, connectionId),
  ]);
  const open = submitted.items.filter(({ status }) => !isTerminal(status)).map(({ requestId }) => requestId);
  return withoutAbsent({
    connectionId,
    tenantId,
    userId,
    permissions,
    connectedAt,
    lastMessageAt: connection.lastPingAt,
    messagesReceived: connection.messagesReceived,
    messagesSent: connection.messagesSent,
    tokenExpiresAt: connection.tokenExpiresAt * 1000,
    userAgent: connection.userAgent,
    ipAddress: connection.ipAddress,
    open: controls.openConnections().has(connectionId),
    requests: [...new Set([...open, ...watched])].slice(0, MAX_REQUESTS),
    topics: topicKeys.map(topicOfKey),
  });
}
