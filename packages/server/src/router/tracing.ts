import type { ClientMessage, ServerMessage } from "@streamer/protocol";
import type { Operation } from "../observability/operations.ts";

/** By which a frame, and all that follows from it, is found again. */
export interface Tracing {
  readonly correlationId: string;
  /** W3C trace context. */
  readonly traceparent: string;
}

export interface TracingDeps {
  /** A UUID. */
  readonly newCorrelationId: () => string;
  /** Of the invocation. */
  readonly newTraceparent: () => string;
}

/** What the client has sent along, and new ones for what it has not. `message`: `undefined` for a frame that could not be read. */
export function tracingOf(message: ClientMessage | undefined, { newCorrelationId, newTraceparent }: TracingDeps): Tracing {
  const { correlation_id: correlationId, traceparent } =
    message?.type === "request" || message?.type === "submit_batch" ? message : ({} as { correlation_id?: string; traceparent?: string });
  return { correlationId: correlationId ?? newCorrelationId(), traceparent: traceparent ?? newTraceparent() };
}

/** An answer about the frame's own request has the frame's correlation id; one about a request that was found has that one's already. */
export function correlated(reply: ServerMessage, correlationId: string): ServerMessage {
  switch (reply.type) {
    case "acknowledgment":
    case "response":
    case "upload":
    case "error":
      return { ...reply, correlation_id: reply.correlation_id ?? correlationId };
    case "batch":
      // The items of the other two were submitted by other frames.
      return reply.reply_to === "submit_batch" ? { ...reply, correlation_id: correlationId } : reply;
    default:
      return reply;
  }
}

/** Of a request it is known when its action is. */
export const OPERATION_OF: Readonly<Record<ClientMessage["type"], Operation>> = {
  request: "message",
  submit_batch: "submit",
  upload: "upload",
  subscribe: "subscribe",
  unsubscribe: "subscribe",
  subscribe_batch: "subscribe",
  cancel: "cancel",
  cancel_batch: "cancel",
  authenticate: "authenticate",
  subscribe_topic: "topic",
  unsubscribe_topic: "topic",
  ping: "message",
};
