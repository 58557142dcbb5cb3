import type { Logger } from "@aws-lambda-powertools/logger";
import type { Action, ClientMessage, RequestMessage, ServerMessage } from "@streamer/protocol";
import type { TraceSegment } from "../observability/tracing/tracer.ts";
import type { Connection } from "../table/connectionStore.ts";

/** A message on its way through the router: what it says and who sent it. */
export interface Routed<Message extends ClientMessage = ClientMessage> {
  readonly message: Message;
  readonly connection: Connection;
  readonly correlationId: string;
  /** W3C trace context of the frame. */
  readonly traceparent: string;
  readonly logger: Logger;
  /** The message's own, where it is traced. */
  readonly segment?: TraceSegment;
}

/** A message whose action is known: what guards look at. */
export interface Guarded extends Routed {
  readonly action: Action;
}

/** A request whose action and id are known. */
export interface RoutedRequest extends Routed<RequestMessage> {
  readonly action: Action;
  readonly requestId: string;
}

export type Step<Request extends Guarded> = (request: Request, next: () => Promise<ServerMessage>) => Promise<ServerMessage>;

/** Answers a request; `next` is the rest of the way. Throw a `StreamerError` to refuse. A payload that was uploaded is not in `message.payload`. */
export type Middleware = Step<RoutedRequest>;
