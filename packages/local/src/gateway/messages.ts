import type { Connection } from "./connection.ts";
import { gatewayFrame } from "./errors.ts";
import type { ProxyEvents } from "./events.ts";
import type { Integrations, Outcome } from "./integrations.ts";
import type { GatewayLogger } from "./types.ts";

export interface MessageHandlerOptions {
  readonly integrations: Integrations;
  readonly events: ProxyEvents;
  readonly maxMessageBytes: number;
  readonly logger: GatewayLogger;
}

/**
 * Handles messages by the `$default` route and its route response: the body the function returns goes back on the socket. Messages of
 * one connection run side by side, so answers may overtake each other, as in AWS.
 */
export function createMessageHandler(options: MessageHandlerOptions): (connection: Connection, text: string) => Promise<void> {
  const { integrations, events, maxMessageBytes, logger } = options;

  const reply = (outcome: Outcome, connectionId: string, requestId: string): string => {
    if (outcome.kind === "timed_out") return gatewayFrame("Endpoint request timed out", connectionId, requestId);
    if (outcome.kind === "failed") return gatewayFrame("Internal server error", connectionId, requestId);
    const sizeBytes = Buffer.byteLength(outcome.response.body);
    if (sizeBytes <= maxMessageBytes) return outcome.response.body;
    logger.warn(`$default: the response has ${sizeBytes} bytes; a message takes at most ${maxMessageBytes}`, { connectionId, requestId });
    return gatewayFrame("Internal server error", connectionId, requestId);
  };

  return async (connection, text) => {
    const event = events.message(connection, text);
    const outcome = await integrations.invoke("$default", event);
    const frame = reply(outcome, connection.id, event.requestContext.requestId);
    if (frame !== "") connection.send(frame);
  };
}
