import type { Logger } from "@aws-lambda-powertools/logger";
import type { Action, ClientMessage, RequestMessage, ServerMessage } from "@streamer/protocol";
import type { Connection } from "../table/connectionStore.ts";

/** A message on its way through the router: what it says and who sent it. */
export interface Routed<Message extends ClientMessage = ClientMessage> {
  readonly message: Message;
  readonly connection: Connection;
  readonly correlationId: string;
  readonly logger: Logger;
}

/** A request whose action and id are known. */
export interface RoutedRequest extends Routed<RequestMessage> {
  readonly action: Action;
  readonly requestId: string;
}

/** Answers a request; `next` is the rest of the way. Throw a `StreamerError` to refuse. */
export type Middleware = (request: RoutedRequest, next: () => Promise<ServerMessage>) => Promise<ServerMessage>;
