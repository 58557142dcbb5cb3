import type { Connection } from "@streamer/server";
import { columns, lines } from "../columns.ts";
import type { ConnectionView, Disconnection } from "./connectionAdmin.ts";

/** A connection as JSON: the names of the table and the log, times as ISO 8601. */
function toJson({ connection, status }: ConnectionView) {
  return {
    connection_id: connection.connectionId,
    tenant_id: connection.tenantId,
    user_id: connection.userId,
    ...(status === undefined ? {} : { status }),
    connected_at: time(connection.connectedAt),
    last_ping_at: time(connection.lastPingAt),
    token_expires_at: time(connection.tokenExpiresAt * 1000),
    messages_received: connection.messagesReceived,
    messages_sent: connection.messagesSent,
    permissions: connection.permissions,
    endpoint: connection.endpoint,
    ...(connection.ipAddress === undefined ? {} : { ip_address: connection.ipAddress }),
    ...(connection.userAgent === undefined ? {} : { user_agent: connection.userAgent }),
  };
}

export function listAsJson(views: readonly ConnectionView[]): string {
  return `${JSON.stringify(views.map(toJson))}\n`;
}

export function listAsText(views: readonly ConnectionView[]): string {
  if (views.length === 0) return "No connections.\n";
  const withStatus = views.some((view) => view.status !== undefined);
  return columns(
    ["CONNECTION", "TENANT", "USER", ...(withStatus ? ["STATUS"] : []), "CONNECTED", "LAST HEARD OF", "RECEIVED", "SENT"],
    views.map(({ connection, status }) => [
      ...who(connection.connectionId, connection),
      ...(withStatus ? [status ?? ""] : []),
      time(connection.connectedAt),
      time(connection.lastPingAt),
      String(connection.messagesReceived),
      String(connection.messagesSent),
    ]),
  );
}

export function viewAsJson(view: ConnectionView): string {
  return `${JSON.stringify(toJson(view))}\n`;
}

/** One line for each of what is known. */
export function viewAsText(view: ConnectionView): string {
  return lines(toJson(view));
}

export function endedAsJson(ended: readonly Disconnection[]): string {
  return `${JSON.stringify(
    ended.map(({ connectionId, connection, outcome, error }) => ({
      connection_id: connectionId,
      ...(connection === undefined ? {} : { tenant_id: connection.tenantId, user_id: connection.userId }),
      outcome,
      ...(error === undefined ? {} : { error: error.message }),
    })),
  )}\n`;
}

export function endedAsText(ended: readonly Disconnection[]): string {
  return columns(
    ["CONNECTION", "TENANT", "USER", "OUTCOME"],
    ended.map(({ connectionId, connection, outcome, error }) => [
      ...who(connectionId, connection),
      error === undefined ? outcome : `${outcome}: ${error.message}`,
    ]),
  );
}

function who(connectionId: string, connection: Connection | undefined): readonly string[] {
  return [connectionId, connection?.tenantId ?? "", connection?.userId ?? ""];
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
