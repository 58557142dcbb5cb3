import { isTerminal, MAX_FRAME_BYTES, NotFoundError, REQUESTS_READ } from "@streamer/protocol";
import type { BatchItem, ServerMessage, SubscribeBatchMessage } from "@streamer/protocol";
import type { RequestStore } from "../../table/requestVerbs.ts";
import type { RequestRef, StoredRequest } from "../../table/storedRequest.ts";
import type { SubscriptionStore } from "../../table/subscriptionStore.ts";
import { permittedRequests } from "../permittedRequest.ts";
import type { PermittedRequestDeps } from "../permittedRequest.ts";
import type { Routed } from "../routed.ts";
import { storedOutcome } from "../storedOutcome.ts";
import type { StoredOutcomeDeps } from "../storedOutcome.ts";
import { createRefusals, itemId, itemNumbers } from "./batchItems.ts";
import { createBatchPage } from "./batchPage.ts";

export interface SubscribeBatchDeps extends StoredOutcomeDeps, PermittedRequestDeps {
  readonly requests: Pick<RequestStore, "get" | "getConsistent" | "getMany" | "resultOf">;
  readonly subscriptions: Pick<SubscriptionStore, "putMany">;
}

/**
 * Begins to watch the items that are open, and tells how each stands. The order is that of `subscribe`: who may, the subscriptions, then
 * the state from the table itself, so that no end falls between.
 *
 * @throws {ValidationError} when the items go beyond a batch.
 */
export async function subscribeBatch(
  { message, connection, logger }: Routed<SubscribeBatchMessage>,
  deps: SubscribeBatchDeps,
): Promise<ServerMessage> {
  const { batch_id: batchId, first, count } = message;
  const numbers = itemNumbers(first, count);
  const refs = numbers.map((n) => ({ tenantId: connection.tenantId, requestId: itemId(batchId, n) }));
  const permitted = await permittedRequests(refs, connection, REQUESTS_READ, deps);
  const found = await watch(
    permitted.filter((request) => request !== undefined),
    connection.connectionId,
    deps,
  );

  const page = createBatchPage(MAX_FRAME_BYTES);
  const refusals = createRefusals();
  let next: number | undefined;
  for (const n of numbers) {
    const request = found.get(itemId(batchId, n));
    // One after the other, as a large result is a read of its own, and the page may end before it.
    const item = await itemOf(n, request, deps).catch((thrown: unknown) => refusals.item(n, thrown));
    if (page.add(item)) continue;
    next = n;
    break;
  }
  refusals.log(logger);
  return { type: "batch", batch_id: batchId, reply_to: "subscribe_batch", items: [...page.items], ...(next === undefined ? {} : { next }) };
}

/**
 * Subscribes to what is open, and reads all of them after that. The connection that submitted a request needs no subscription; one that
 * has ended sends nothing more, unless an operator started it again since it was read: then it is open now, and is subscribed to.
 */
async function watch(
  permitted: readonly StoredRequest[],
  connectionId: string,
  { requests, subscriptions }: Pick<SubscribeBatchDeps, "requests" | "subscriptions">,
): Promise<ReadonlyMap<string, StoredRequest>> {
  const found = new Map<string, StoredRequest>();
  const read = async (refs: readonly RequestRef[]): Promise<void> => {
    const answers = await requests.getMany(refs, { consistent: true });
    for (const request of answers) if (request !== undefined) found.set(request.requestId, request);
  };
  const unwatched = (request: StoredRequest): boolean => !isTerminal(request.status) && request.connectionId !== connectionId;
  const open = permitted.filter(unwatched);
  await subscriptions.putMany(open, connectionId);
  await read(permitted);
  const subscribed = new Set(open.map(({ requestId }) => requestId));
  const again = [...found.values()].filter((request) => unwatched(request) && !subscribed.has(request.requestId));
  if (again.length > 0) {
    await subscriptions.putMany(again, connectionId);
    await read(again);
  }
  return found;
}

/** @throws {NotFoundError} when there is none that the connection may see. */
async function itemOf(n: number, request: StoredRequest | undefined, deps: StoredOutcomeDeps): Promise<BatchItem> {
  if (request === undefined) throw new NotFoundError();
  const { status, attempt, retryAt, lastProgress, lastMessage } = request;
  const outcome = await storedOutcome(request, deps);
  if (outcome !== undefined) return { n, status, attempt, outcome };
  return {
    n,
    status,
    attempt,
    ...(status === "retrying" && retryAt !== undefined ? { retry_at: Math.ceil(retryAt / 1000) } : {}),
    ...(lastProgress === undefined || lastMessage === undefined ? {} : { progress: { percentage: lastProgress, message: lastMessage } }),
  };
}
