import type { Logger } from "@aws-lambda-powertools/logger";
import type { Clock } from "@streamer/protocol";
import type { ConnectionStore } from "../table/connectionStore.ts";
import type { SubscriptionStore } from "../table/subscriptionStore.ts";
import type { RouteHandler } from "./webSocketEvent.ts";

export interface DisconnectDeps {
  readonly connections: Pick<ConnectionStore, "delete">;
  readonly subscriptions: Pick<SubscriptionStore, "deleteByConnection">;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Removes what belongs to a connection that has ended, and logs how it went (S-082). Always 200: nobody could act on anything else (S-078).
 * What fails here, TTL removes.
 *
 * `messages_sent` is one answer to each message received, and what attempts posted that have ended; what the others posted they log
 * themselves, under the same `connection_id` (ADR 15). Frames that API Gateway refused before any code of ours ran are not counted.
 */
export function createDisconnectHandler({ connections, subscriptions, clock, logger }: DisconnectDeps): RouteHandler {
  return async (event) => {
    const { connectionId, disconnectStatusCode, disconnectReason } = event.requestContext;
    const log = logger.createChild();
    log.appendKeys({ connection_id: connectionId, operation: "disconnect" });
    // Neither waits for the other, nor fails with it.
    const [deleted, removed] = await Promise.allSettled([connections.delete(connectionId), subscriptions.deleteByConnection(connectionId)]);
    for (const part of [deleted, removed]) {
      if (part.status === "rejected")
        log.error("What belonged to a closed connection could not be removed; its TTL will.", { error: part.reason as Error });
    }
    const connection = deleted.status === "fulfilled" ? deleted.value : undefined;
    const now = clock.now();
    log.info("A connection was closed.", {
      // Without a record, which a 410 or its TTL may have removed before, no more than this is known: absent, not zero.
      user_id: connection?.userId,
      tenant_id: connection?.tenantId,
      duration_seconds: connection && Math.round((now - connection.connectedAt) / 1000),
      messages_sent: connection?.messagesSent,
      messages_received: connection?.messagesReceived,
      last_ping_at: connection && new Date(connection.lastPingAt).toISOString(),
      subscriptions_removed: removed.status === "fulfilled" ? removed.value : undefined,
      disconnect_time: new Date(now).toISOString(),
      disconnect_code: disconnectStatusCode,
      disconnect_reason: disconnectReason,
    });
    return { statusCode: 200 };
  };
}
