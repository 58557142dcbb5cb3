import { DuplicateRequestError, parse } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";
import type { RequestStore } from "../table/requestVerbs.ts";
import { payloadHash } from "./canonicalJson.ts";
import type { RoutedRequest } from "./routed.ts";

/**
 * Accepts an asynchronous request: checks its payload, stores it, and only then acknowledges it. From the stored item the table's
 * stream carries it on. The payload is stored as it was sent; the processor parses it again by the schema of its day.
 *
 * @throws {ValidationError} when the payload does not fit: nothing is stored.
 * @throws {DuplicateRequestError} when the id is taken by anything but the same request of the same user.
 */
export async function submitRequest(request: RoutedRequest, requests: Pick<RequestStore, "create">): Promise<ServerMessage> {
  const { action, message, connection, requestId, correlationId } = request;
  await parse(action.input, message.payload);
  const hash = payloadHash(message.payload);
  const stored = await requests.create({
    tenantId: connection.tenantId,
    requestId,
    userId: connection.userId,
    connectionId: connection.connectionId,
    action: action.name,
    payload: JSON.stringify(message.payload),
    payloadHash: hash,
    metadata: message.metadata,
    correlationId,
  });
  const { status } = stored.request;
  if (stored.created) return { type: "acknowledgment", request_id: requestId, status };
  const same = stored.request.userId === connection.userId && stored.request.action === action.name && stored.request.payloadHash === hash;
  if (!same) throw new DuplicateRequestError();
  return { type: "acknowledgment", request_id: requestId, status, duplicate: true };
}
