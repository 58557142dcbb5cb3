import { NotFoundError, REQUESTS_CANCEL } from "@streamer/protocol";
import type { OutcomeMessage, StatusMessage } from "@streamer/protocol";
import type { ConnectionManager } from "../connection/connectionManager.ts";
import { createDelivery } from "../connection/delivery.ts";
import { createPostedCounts } from "../connection/postedCounts.ts";
import type { ConnectionStore } from "../table/connectionStore.ts";
import type { RequestStore } from "../table/requestVerbs.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import type { SubscriptionStore } from "../table/subscriptionStore.ts";
import { permittedRequest } from "./permittedRequest.ts";
import type { PermittedRequestDeps } from "./permittedRequest.ts";
import type { Routed } from "./routed.ts";
import { storedOutcome } from "./storedOutcome.ts";
import type { StoredOutcomeDeps } from "./storedOutcome.ts";

export interface CancelDeps extends StoredOutcomeDeps, PermittedRequestDeps {
  readonly requests: Pick<RequestStore, "get" | "getConsistent" | "cancel" | "requestCancel" | "resultOf">;
  readonly subscriptions: Pick<SubscriptionStore, "listByRequest" | "delete">;
  readonly connections: Pick<ConnectionStore, "addPosted">;
  readonly connectionManager: Pick<ConnectionManager, "broadcast">;
}

type CancelMessage = Extract<Routed["message"], { type: "cancel" }>;

/** Ends a request that waits and tells who else watches it, tells the worker of one that runs, gives the outcome of one that has ended. */
export async function cancelRequest(routed: Routed<CancelMessage>, deps: CancelDeps): Promise<OutcomeMessage | StatusMessage> {
  const { message, connection } = routed;
  const ref = { tenantId: connection.tenantId, requestId: message.request_id };
  await permittedRequest(ref, connection, REQUESTS_CANCEL, deps);
  const waiting = await deps.requests.cancel(ref, message.reason);
  if (waiting.done) {
    const { reason } = message;
    const { lastSequence } = waiting.request;
    const cancelled = {
      type: "cancelled",
      request_id: ref.requestId,
      correlation_id: waiting.request.correlationId,
      ...(reason === undefined ? {} : { reason }),
      ...(lastSequence === undefined ? {} : { last_sequence: lastSequence }),
    } as const;
    await tellOthers(waiting.request, cancelled, routed, deps);
    return cancelled;
  }
  // It may start or end between the two writes; each says by its condition how it found the request.
  const running = waiting.request?.status === "processing" ? await deps.requests.requestCancel(ref, message.reason) : waiting;
  if (running.request === undefined) throw new NotFoundError();
  const { status, attempt, correlationId } = running.request;
  const answer = { type: "status", request_id: ref.requestId, status, attempt, correlation_id: correlationId } as const;
  return (await storedOutcome(running.request, deps)) ?? answer;
}

/** No worker will. Never throws: who is not told finds the end when they subscribe. */
async function tellOthers(
  request: StoredRequest,
  message: OutcomeMessage,
  { connection, logger }: Pick<Routed, "connection" | "logger">,
  { subscriptions, connections, connectionManager }: CancelDeps,
): Promise<void> {
  const posted = createPostedCounts({ connectionManager, connections, logger });
  const delivery = createDelivery(request, { subscriptions, connectionManager: posted.connectionManager, logger });
  await delivery.deliver(message, { last: true, except: connection.connectionId });
  await posted.save();
}
