import type { Logger } from "@aws-lambda-powertools/logger";
import type { ServerMessage } from "@streamer/protocol";
import type { StoredRequest } from "../table/storedRequest.ts";
import type { SubscriptionStore } from "../table/subscriptionStore.ts";
import type { ConnectionManager, SendOptions } from "./connectionManager.ts";

/** Sends the messages of one request to everyone who watches it. */
export interface Delivery {
  /**
   * One consistent read of the subscriptions, one post per watcher. Call it after the write it tells of, never before: who subscribed
   * earlier than the read gets the message, who subscribes later finds the write.
   *
   * Failures are logged and swallowed: a client that left never fails the work. The subscription of a connection that is gone is removed.
   */
  deliver(message: RequestUpdate, options?: DeliverOptions): Promise<void>;
}

/** What the watchers of a request are told. Its correlation id is added here, in one place. */
export type RequestUpdate = Extract<ServerMessage, { type: "progress" | "chunk" | "status" | "complete" | "error" | "cancelled" }>;

/** How one message is delivered, and to whom it is not. */
export interface DeliverOptions extends Pick<SendOptions, "droppable" | "last" | "text"> {
  /** A connection that is told otherwise, as by the answer to its own message. */
  readonly except?: string;
}

/** What a delivery needs of the world. */
export interface DeliveryDeps {
  readonly subscriptions: Pick<SubscriptionStore, "listByRequest" | "delete">;
  readonly connectionManager: Pick<ConnectionManager, "broadcast">;
  /** Carries the correlation id, also to what the manager logs of these sends. */
  readonly logger: Pick<Logger, "debug" | "warn" | "error">;
}

/** The delivery of one request's messages. Make one for each run: it remembers which connections are gone. */
export function createDelivery(request: StoredRequest, deps: DeliveryDeps): Delivery {
  const { subscriptions, connectionManager, logger } = deps;
  /** Connections that are gone do not come back under the same id: each costs one failed post, not one per message. */
  const gone = new Set<string>();

  const forget = async (connectionId: string): Promise<void> => {
    try {
      await subscriptions.delete(request, connectionId);
    } catch (error) {
      // Its TTL removes it later.
      logger.warn("The subscription of a gone connection could not be removed.", {
        operation: "send",
        connection_id: connectionId,
        error: error as Error,
      });
    }
  };

  return {
    async deliver(message, { except, text, ...options } = {}) {
      const correlated = { ...message, correlation_id: request.correlationId };
      const written = text === undefined ? {} : { text: withCorrelation(text, request.correlationId) };
      try {
        const subscribers = await subscriptions.listByRequest(request);
        // The submitter's connection stands on the request and needs no subscription.
        const watchers = [...new Set([request.connectionId, ...subscribers])].filter((id) => id !== except && !gone.has(id));
        for (const [connectionId, result] of await connectionManager.broadcast(watchers, correlated, { ...options, ...written, logger })) {
          if (result.status === "sent") continue;
          if (result.status === "gone") {
            gone.add(connectionId);
            if (subscribers.includes(connectionId)) await forget(connectionId);
          }
          // As it should be: a newer update is on its way.
          if (result.status === "failed" && result.error.kind === "dropped") continue;
          logger.warn("A message did not reach a watcher.", {
            operation: "send",
            connection_id: connectionId,
            message_type: message.type,
            error: result.error,
          });
        }
      } catch (error) {
        logger.warn("The watchers of a request could not be read; the message is in the log for who asks.", {
          operation: "send",
          message_type: message.type,
          error: error as Error,
        });
      }
    },
  };
}

/** The text of the same message with its correlation id behind all else: what is written once need not be written anew for one field. */
function withCorrelation(text: string, correlationId: string): string {
  return `${text.slice(0, -1)},"correlation_id":${JSON.stringify(correlationId)}}`;
}
