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

/** Removes what belongs to a connection that has ended. Always 200: nobody could act on anything else (S-078). What fails here, TTL removes. */
export function createDisconnectHandler({ connections, subscriptions, clock, logger }: DisconnectDeps): RouteHandler {
  return async (event) => {
    const { connectionId, disconnectStatusCode, disconnectReason } = event.requestContext;
    const log = logger.createChild();
    log.appendKeys({ connection_id: connectionId, operation: "disconnect" });
    try {
      const connection = await connections.delete(connectionId);
      const removed = await subscriptions.deleteByConnection(connectionId);
      const now = clock.now();
      log.info("A connection was closed.", {
        user_id: connection?.userId,
        tenant_id: connection?.tenantId,
        duration_seconds: connection && Math.round((now - connection.connectedAt) / 1000),
        messages_received: connection?.messagesReceived,
        subscriptions_removed: removed,
        disconnect_time: new Date(now).toISOString(),
        disconnect_code: disconnectStatusCode,
        disconnect_reason: disconnectReason,
      });
    } catch (error) {
      log.error("What belonged to a closed connection could not be removed; its TTL will.", { error: error as Error });
    }
    return { statusCode: 200 };
  };
}
