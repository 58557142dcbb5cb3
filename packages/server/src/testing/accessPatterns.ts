import type { Clock } from "@streamer/protocol";
import { createConnectionStore } from "../table/connectionStore.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { workShard } from "../table/keys.ts";
import { createRequestStore } from "../table/requestStore.ts";
import type { RequestStore } from "../table/requestVerbs.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import { createSubscriptionStore } from "../table/subscriptionStore.ts";
import { createTenantRateStore } from "../table/tenantRateStore.ts";
import { createTopicStore } from "../table/topicStore.ts";
import { createUpdateStore } from "../table/updateStore.ts";
import { sampleConnection } from "./sampleConnection.ts";
import { sampleRequest } from "./sampleRequest.ts";

export function createStores(config: TableConfig, clock: Clock) {
  return {
    connection: createConnectionStore(config, clock),
    request: createRequestStore(config, clock),
    subscription: createSubscriptionStore(config, clock),
    update: createUpdateStore(config),
    tenantRate: createTenantRateStore(config, clock),
    topic: createTopicStore(config, clock),
  };
}
export type Stores = ReturnType<typeof createStores>;

/** Every way in which the table is asked, on a world of its own: what has to be there is made first, then the verb itself is called. */
export type AccessPattern = (stores: Stores, clock: Clock) => Promise<() => Promise<unknown>>;

const BIG = JSON.stringify("x".repeat(5_000));
const PROGRESS = { percentage: 30, message: "Querying", at: 1 };
const LEASE_MS = 60_000;
const LISTENER = {
  tenantId: "t",
  key: "rooms/1",
  connectionId: "c1",
  userId: "u",
  presence: true,
  authorizedUntil: 4_000_000_000,
} as const;
const chunkOf = (requestId: string) => ({ type: "chunk", request_id: requestId, sequence: 1, previous: 0, attempt: 1, data: [1] }) as const;

async function created({ request }: Stores, overrides: Parameters<typeof sampleRequest>[0] = {}): Promise<StoredRequest> {
  return (await request.create(sampleRequest(overrides))).request;
}
async function claimed(stores: Stores, leaseMs = LEASE_MS, overrides: Parameters<typeof sampleRequest>[0] = {}): Promise<StoredRequest> {
  const { request } = await stores.request.claim(await created(stores, overrides), leaseMs);
  if (request === undefined) throw new Error("a new request must be claimable");
  return request;
}
async function completed(stores: Stores, body: string): Promise<StoredRequest> {
  const request = await claimed(stores);
  await stores.request.complete(request, 1, { body, files: {} }, undefined);
  const after = await stores.request.getConsistent(request);
  if (after === undefined) throw new Error("a completed request must be there");
  return after;
}
async function failed(stores: Stores): Promise<StoredRequest> {
  const request = await claimed(stores);
  await stores.request.fail(request, 1, { code: "TIMEOUT" }, undefined);
  return request;
}
/** A request, then the verb on it. */
const on =
  (
    make: (stores: Stores) => Promise<StoredRequest>,
    verb: (store: RequestStore, request: StoredRequest) => Promise<unknown>,
  ): AccessPattern =>
  async (stores) => {
    const request = await make(stores);
    return () => verb(stores.request, request);
  };
const connected = async ({ connection }: Stores, connectionId = "c1"): Promise<void> => connection.save(sampleConnection({ connectionId }));

/** By the words that the documentation's table has in its column of verbs. */
export const ACCESS_PATTERNS: Readonly<Record<string, AccessPattern>> = {
  "connection.save": async (stores) => () => connected(stores),
  "connection.get": async (stores) => (await connected(stores), () => stores.connection.get("c1")),
  "connection.touch": async (stores) => (await connected(stores), () => stores.connection.touch("c1", { messages: 9, windowMs: 1_000 })),
  "connection.renew": async (stores) => (await connected(stores), () => stores.connection.renew("c1", { permissions: [], expiresAt: 1 })),
  "connection.addPosted": async (stores) => (await connected(stores), () => stores.connection.addPosted("c1", 2)),
  "connection.delete": async (stores) => (await connected(stores), () => stores.connection.delete("c1")),
  "connection.listByUser": async (stores) => (await connected(stores), () => stores.connection.listByUser("Acme", "auth0|u#1")),
  "connection.listByTenant": async (stores) => (await connected(stores), () => stores.connection.listByTenant("Acme")),
  "connection.countActive": async (stores) => (await connected(stores), () => stores.connection.countActive()),
  "connection.scan": async (stores) => (await connected(stores), () => stores.connection.scan()),

  "request.create": async (stores) => () => created(stores),
  "request.create, over 4 KB": async (stores) => () => created(stores, { payload: BIG }),
  "request.get": on(created, (store, request) => store.get(request)),
  "request.getConsistent": on(created, (store, request) => store.getConsistent(request)),
  "request.getMany": on(created, (store, request) => store.getMany([request])),
  "request.payloadOf": on(
    async (stores) => ({ ...(await created(stores, { payload: BIG })), payload: undefined }),
    (store, request) => store.payloadOf(request),
  ),
  "request.resultOf": on(
    (stores) => completed(stores, BIG),
    (store, request) => store.resultOf(request),
  ),
  "request.claim": on(created, (store, request) => store.claim(request, LEASE_MS)),
  "request.heartbeat": on(claimed, (store, request) => store.heartbeat(request, 1, LEASE_MS, PROGRESS)),
  "request.release": on(claimed, (store, request) => store.release(request, 1)),
  "request.complete": on(claimed, (store, request) => store.complete(request, 1, { body: "1", files: {} }, PROGRESS)),
  "request.complete, over 4 KB": on(claimed, (store, request) => store.complete(request, 1, { body: BIG, files: {} }, PROGRESS)),
  "request.fail": on(claimed, (store, request) => store.fail(request, 1, { code: "TIMEOUT" }, PROGRESS)),
  "request.stop": on(claimed, (store, request) => store.stop(request, 1, PROGRESS)),
  "request.retry": on(claimed, (store, request) => store.retry(request, 1, { at: 1 }, PROGRESS)),
  "request.cancel": on(created, (store, request) => store.cancel(request, "no need")),
  "request.requestCancel": on(claimed, (store, request) => store.requestCancel(request, "no need")),
  "request.recover": on(
    (stores) => claimed(stores, 0),
    (store, request) => store.recover(request, 1, { at: 1 }),
  ),
  "request.abandon": on(
    (stores) => claimed(stores, 0),
    (store, request) => store.abandon(request, 1, { code: "WORKER_LOST" }),
  ),
  "request.stopLost": on(
    (stores) => claimed(stores, 0),
    (store, request) => store.stopLost(request, 1),
  ),
  "request.dispatch": on(created, (store, request) => store.dispatch(request, 1)),
  "request.expire": on(created, (store, request) => store.expire(request, { code: "EXPIRED" })),
  "request.redrive": on(failed, (store, request) => store.redrive(request)),
  "request.listByUser": on(created, (store, request) => store.listByUser(request.tenantId, request.userId)),
  "request.listByTenant": on(created, (store, request) => store.listByTenant(request.tenantId)),
  "request.listByConnection": on(created, (store, request) => store.listByConnection(request.connectionId)),
  "request.listCreated, of a user": on(created, (store, { tenantId, userId }) => store.listCreated({ tenantId, userId }, { limit: 10 })),
  "request.listCreated, of a tenant": on(created, (store, { tenantId }) => store.listCreated({ tenantId }, { limit: 10 })),
  "request.listOpen": on(created, (store, request) => store.listOpen(workShard(request.requestId))),
  "request.listDue": on(created, (store, request) => store.listDue(workShard(request.requestId), Number.MAX_SAFE_INTEGER)),
  "request.listFailed": on(failed, (store, request) => store.listFailed(workShard(request.requestId))),

  "subscription.put": async (stores) => () => stores.subscription.put({ tenantId: "t", requestId: "r" }, "c1", 1),
  "subscription.putMany": async (stores) => () => stores.subscription.putMany([{ tenantId: "t", requestId: "r", expiresAt: 1 }], "c1"),
  "subscription.delete": async (stores) => () => stores.subscription.delete({ tenantId: "t", requestId: "r" }, "c1"),
  "subscription.listByRequest": async (stores) => () => stores.subscription.listByRequest({ tenantId: "t", requestId: "r" }),
  "subscription.deleteByConnection": async ({ subscription }) => {
    await subscription.put({ tenantId: "t", requestId: "r" }, "c1", 1);
    return () => subscription.deleteByConnection("c1");
  },

  "update.put": async (stores) => () => stores.update.put({ tenantId: "t", requestId: "r" }, chunkOf("r"), 1),
  "update.listAfter": async (stores) => () => stores.update.listAfter({ tenantId: "t", requestId: "r" }, 0, 10),
  "update.lastSequence": async (stores) => () => stores.update.lastSequence({ tenantId: "t", requestId: "r" }),

  "topic.subscribe":
    async ({ topic }) =>
    () =>
      topic.subscribe(LISTENER),
  "topic.unsubscribe": async ({ topic }) => (await topic.subscribe(LISTENER), () => topic.unsubscribe(LISTENER, LISTENER.connectionId)),
  "topic.renew": async ({ topic }) => (await topic.subscribe(LISTENER), () => topic.renew(LISTENER, LISTENER.connectionId, 4_000_000_001)),
  "topic.listByTopic": async ({ topic }) => (await topic.subscribe(LISTENER), () => topic.listByTopic(LISTENER)),
  "topic.listByConnection": async ({ topic }) => (
    await topic.subscribe(LISTENER),
    () => topic.listByConnection("t", LISTENER.connectionId)
  ),
  "topic.subscribedOf": async ({ topic }) => (await topic.subscribe(LISTENER), () => topic.subscribedOf(LISTENER, [LISTENER.connectionId])),

  "tenantRate.count": async (stores) => () => stores.tenantRate.count("t", { messages: 1, windowMs: 1_000 }),
};
