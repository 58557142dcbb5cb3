import type { Logger } from "@aws-lambda-powertools/logger";
import type { Clock } from "@streamer/protocol";
import { publishMeasured } from "../observability/measuring.ts";
import type { Measuring } from "../observability/measuring.ts";
import type { LifecycleMetricName } from "../observability/metrics.ts";
import { noTracer } from "../observability/tracing/tracer.ts";
import type { Tracer, TraceSegment } from "../observability/tracing/tracer.ts";
import { msSince } from "../observability/msSince.ts";
import type { ConnectionStore } from "../table/connectionStore.ts";
import type { SubscriptionStore } from "../table/subscriptionStore.ts";
import type { TopicSubscription } from "../table/topicStore.ts";
import { leftDetails } from "../topics/presence.ts";
import type { Publisher } from "../topics/publisher.ts";
import type { RouteHandler, RouteResult, WebSocketEvent } from "./webSocketEvent.ts";

export interface DisconnectDeps extends Measuring<LifecycleMetricName> {
  readonly connections: Pick<ConnectionStore, "delete">;
  readonly subscriptions: Pick<SubscriptionStore, "deleteByConnection">;
  /** Tells those who hear the same topics. */
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer;
}

/**
 * Removes what belongs to a connection that has ended, and logs how it went (S-082). Always 200: nobody could act on anything else (S-078).
 * What fails here, TTL removes.
 *
 * `messages_sent` is one answer to each message received, and what attempts posted that have ended; what the others posted they log
 * themselves, under the same `connection_id` (ADR 15). Frames that API Gateway refused before any code of ours ran are not counted.
 */
export function createDisconnectHandler(deps: DisconnectDeps): RouteHandler {
  const { connections, subscriptions, publisher, clock, logger, tracer = noTracer } = deps;

  const disconnect = async (event: WebSocketEvent, segment: TraceSegment): Promise<RouteResult> => {
    const { connectionId, disconnectStatusCode, disconnectReason } = event.requestContext;
    const log = logger.createChild();
    log.appendKeys({ connection_id: connectionId, operation: "disconnect", correlation_id: crypto.randomUUID() });
    const startedAt = clock.monotonic();
    // Neither waits for the other, nor fails with it.
    const [deleted, removed] = await Promise.allSettled([connections.delete(connectionId), subscriptions.deleteByConnection(connectionId)]);
    for (const part of [deleted, removed]) {
      if (part.status === "fulfilled") continue;
      segment.fail(part.reason);
      log.error("What belonged to a closed connection could not be removed; its TTL will.", { error: part.reason as Error });
    }
    const watched = removed.status === "fulfilled" ? removed.value : undefined;
    await tellLeft(watched?.topics ?? [], publisher, log);
    const connection = deleted.status === "fulfilled" ? deleted.value : undefined;
    const now = clock.now();
    segment.annotate({ connection_id: connectionId, user_id: connection?.userId, tenant_id: connection?.tenantId });
    log.info("A connection was closed.", {
      // Without a record, which a 410 or its TTL may have removed before, no more than this is known: absent, not zero.
      user_id: connection?.userId,
      tenant_id: connection?.tenantId,
      duration_seconds: connection && Math.round((now - connection.connectedAt) / 1000),
      messages_sent: connection?.messagesSent,
      messages_received: connection?.messagesReceived,
      last_ping_at: connection && new Date(connection.lastPingAt).toISOString(),
      subscriptions_removed: watched?.requests,
      topics_removed: watched?.topics.length,
      disconnect_time: new Date(now).toISOString(),
      disconnect_code: disconnectStatusCode,
      disconnect_reason: disconnectReason,
      duration_ms: msSince(clock, startedAt),
    });
    deps.addMetric?.("ConnectionsClosed", 1);
    if (connection !== undefined) deps.addMetric?.("ConnectionDuration", (now - connection.connectedAt) / 1000);
    await publishMeasured(deps, logger);
    return { statusCode: 200 };
  };

  return (event) => tracer.segment("disconnect", (segment) => disconnect(event, segment));
}

async function tellLeft(topics: readonly TopicSubscription[], publisher: Publisher, log: Pick<Logger, "error">): Promise<void> {
  const details = leftDetails(topics);
  if (details.length === 0) return;
  try {
    await publisher.publish(details);
  } catch (error) {
    log.error("It could not be told that a closed connection left its topics.", { topics: details.length, error: error as Error });
  }
}
