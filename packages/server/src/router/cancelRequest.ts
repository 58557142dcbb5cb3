import { NotFoundError } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";
import type { RequestStore } from "../table/requestVerbs.ts";
import { ownRequest } from "./ownRequest.ts";
import type { Routed } from "./routed.ts";
import { storedOutcome } from "./storedOutcome.ts";
import type { StoredOutcomeDeps } from "./storedOutcome.ts";

export interface CancelDeps extends StoredOutcomeDeps {
  readonly requests: Pick<RequestStore, "get" | "cancel" | "requestCancel" | "resultOf">;
}

type CancelMessage = Extract<Routed["message"], { type: "cancel" }>;

/** Ends a request that waits, tells the worker of one that runs, gives the outcome of one that has ended. */
export async function cancelRequest({ message, connection }: Routed<CancelMessage>, deps: CancelDeps): Promise<ServerMessage> {
  const ref = { tenantId: connection.tenantId, requestId: message.request_id };
  await ownRequest(ref, connection, deps.requests);
  const waiting = await deps.requests.cancel(ref, message.reason);
  if (waiting.done)
    return { type: "cancelled", request_id: ref.requestId, ...(message.reason === undefined ? {} : { reason: message.reason }) };
  // It may start or end between the two writes; each says by its condition how it found the request.
  const running = waiting.request?.status === "processing" ? await deps.requests.requestCancel(ref, message.reason) : waiting;
  if (running.request === undefined) throw new NotFoundError();
  const { status, attempt } = running.request;
  return (await storedOutcome(running.request, deps)) ?? { type: "status", request_id: ref.requestId, status, attempt };
}
