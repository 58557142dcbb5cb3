import { byteLength, MAX_FRAME_BYTES, MAX_MESSAGE_BYTES, NotFoundError } from "@streamer/protocol";
import type { OutcomeMessage, ServerMessage, UpdateMessage } from "@streamer/protocol";
import type { RequestStore } from "../table/requestVerbs.ts";
import type { SubscriptionStore } from "../table/subscriptionStore.ts";
import type { UpdateStore } from "../table/updateStore.ts";
import { ownRequest } from "./ownRequest.ts";
import type { Routed } from "./routed.ts";
import { storedOutcome } from "./storedOutcome.ts";
import type { StoredOutcomeDeps } from "./storedOutcome.ts";

export interface SubscribeDeps extends StoredOutcomeDeps {
  readonly requests: Pick<RequestStore, "get" | "getConsistent" | "resultOf">;
  readonly updates: Pick<UpdateStore, "listAfter">;
  readonly subscriptions: Pick<SubscriptionStore, "put" | "delete">;
}

type SubscribeMessage = Extract<Routed["message"], { type: "subscribe" }>;
type UnsubscribeMessage = Extract<Routed["message"], { type: "unsubscribe" }>;

/** Updates read for one page; fewer are sent when they are large. */
const PAGE_UPDATES = 200;
/** What a page leaves for the frame around the updates. */
const ENVELOPE_BYTES = 512;

/**
 * Begins to watch: writes the subscription, then reads the log, then reads the status, each from the table itself. In any other order an
 * update or the outcome could fall between the replay and what is sent live.
 *
 * @throws {NotFoundError} when the request is not the user's.
 */
export async function subscribe({ message, connection }: Routed<SubscribeMessage>, deps: SubscribeDeps): Promise<ServerMessage> {
  const ref = { tenantId: connection.tenantId, requestId: message.request_id };
  const authorised = await ownRequest(ref, connection, deps.requests);
  await deps.subscriptions.put(ref, connection.connectionId, authorised.expiresAt);
  const stored = await deps.updates.listAfter(ref, message.after, PAGE_UPDATES);
  const updates = fitting(stored);
  const unread = updates.length < stored.length || stored.length === PAGE_UPDATES;
  const request = await deps.requests.getConsistent(ref);
  if (request === undefined) throw new NotFoundError();
  const ended = unread ? undefined : await storedOutcome(request, deps);
  const outcome = fitsBeside(updates, ended) ? ended : undefined;
  return {
    type: "subscribed",
    request_id: ref.requestId,
    status: request.status,
    updates: [...updates],
    more: unread || outcome !== ended,
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

/** An outcome may be as large as a message: then it comes on a page of its own, after the updates. */
function fitsBeside(updates: readonly UpdateMessage[], outcome: OutcomeMessage | undefined): boolean {
  return updates.length === 0 || byteLength(JSON.stringify([updates, outcome])) + ENVELOPE_BYTES <= MAX_MESSAGE_BYTES;
}

/** As many updates as a frame of 32 KB holds, at least one. */
function fitting(updates: readonly UpdateMessage[]): readonly UpdateMessage[] {
  let sizeBytes = ENVELOPE_BYTES;
  const end = updates.findIndex((update, index) => {
    sizeBytes += byteLength(JSON.stringify(update)) + 1;
    return index > 0 && sizeBytes > MAX_FRAME_BYTES;
  });
  return end === -1 ? updates : updates.slice(0, end);
}
