import { NotFoundError, REQUESTS_READ, ValidationError } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";
import type { RequestStore } from "../table/requestVerbs.ts";
import type { SubscriptionStore } from "../table/subscriptionStore.ts";
import type { UpdateStore } from "../table/updateStore.ts";
import { permittedRequest } from "./permittedRequest.ts";
import type { PermittedRequestDeps } from "./permittedRequest.ts";
import { fitsBeside, gapMessage, readPage } from "./replayPage.ts";
import type { Routed } from "./routed.ts";
import { storedOutcome } from "./storedOutcome.ts";
import type { StoredOutcomeDeps } from "./storedOutcome.ts";

export interface SubscribeDeps extends StoredOutcomeDeps, PermittedRequestDeps {
  readonly requests: Pick<RequestStore, "get" | "getConsistent" | "resultOf">;
  readonly updates: Pick<UpdateStore, "listAfter">;
  readonly subscriptions: Pick<SubscriptionStore, "put" | "delete">;
}

type SubscribeMessage = Extract<Routed["message"], { type: "subscribe" }>;
type UnsubscribeMessage = Extract<Routed["message"], { type: "unsubscribe" }>;

/**
 * Begins to watch: writes the subscription, then reads the log, then reads the status, each from the table itself. In any other order an
 * update or the outcome could fall between the replay and what is sent live.
 *
 * @throws {NotFoundError} when there is no such request that this connection may watch.
 * @throws {ValidationError} when `after` is beyond the last stored update. The connection then watches as little, or as much, as before.
 */
export async function subscribe({ message, connection }: Routed<SubscribeMessage>, deps: SubscribeDeps): Promise<ServerMessage> {
  const { after } = message;
  const ref = { tenantId: connection.tenantId, requestId: message.request_id };
  const authorised = await permittedRequest(ref, connection, REQUESTS_READ, deps);
  const watched = await deps.subscriptions.put(ref, connection.connectionId, authorised.expiresAt);
  // By what was saved before the log is read: what is saved later may be of updates that come live.
  const page = await readPage(ref, after, authorised.lastSequence ?? 0, deps.updates);
  const request = await deps.requests.getConsistent(ref);
  if (request === undefined) throw new NotFoundError();
  if (!page.reaches && after > (request.lastSequence ?? 0)) {
    if (!watched) await deps.subscriptions.delete(ref, connection.connectionId);
    throw beyond(after);
  }
  const gap = page.missingTo === undefined ? undefined : gapMessage(request, after, page.missingTo);
  const ended = page.unread ? undefined : await storedOutcome(request, deps);
  const outcome = fitsBeside(page.updates, gap, ended) ? ended : undefined;
  return {
    type: "subscribed",
    request_id: ref.requestId,
    status: request.status,
    ...(gap === undefined ? {} : { gap }),
    updates: [...page.updates],
    more: page.unread || outcome !== ended,
    // Of all that is in it: the updates were sent with it, and are stored without.
    correlation_id: request.correlationId,
    ...(outcome === undefined ? {} : { outcome }),
  };
}

/** Ends it. There may be nothing to end; whose request it is does not matter for taking oneself off a list. */
export async function unsubscribe(
  { message, connection }: Routed<UnsubscribeMessage>,
  deps: Pick<SubscribeDeps, "subscriptions">,
): Promise<ServerMessage> {
  await deps.subscriptions.delete({ tenantId: connection.tenantId, requestId: message.request_id }, connection.connectionId);
  return { type: "unsubscribed", request_id: message.request_id };
}

function beyond(after: number): ValidationError {
  const message = `must not be beyond the last stored update: there is none of sequence ${after} or later`;
  return new ValidationError({ details: { issues: [{ path: "after", message }] } });
}
