import { ServiceUnavailableError } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { sampleRequest, storedRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createConnectionStore } from "./connectionStore.ts";
import type { ConnectionStore } from "./connectionStore.ts";
import { TableError } from "./errors.ts";
import { createRequestStore } from "./requestStore.ts";
import type { RequestStore } from "./requestVerbs.ts";
import type { StoredRequest } from "./storedRequest.ts";
import { createSubscriptionStore } from "./subscriptionStore.ts";
import type { SubscriptionStore } from "./subscriptionStore.ts";
import { createTopicStore } from "./topicStore.ts";
import type { TopicStore } from "./topicStore.ts";
import { createUpdateStore } from "./updateStore.ts";
import type { UpdateStore } from "./updateStore.ts";

interface Stores {
  readonly connection: ConnectionStore;
  readonly request: RequestStore;
  readonly subscription: SubscriptionStore;
  readonly topic: TopicStore;
  readonly update: UpdateStore;
}
let stores: Stores;
beforeAll(async () => {
  const { client } = await createTestTable();
  const config = { client, tableName: "no-such-table" };
  const clock = createFakeClock();
  stores = {
    connection: createConnectionStore(config, clock),
    request: createRequestStore(config, clock),
    subscription: createSubscriptionStore(config),
    topic: createTopicStore(config, clock),
    update: createUpdateStore(config),
  };
});

const ref = { tenantId: "t", requestId: "r" };
const lobby = { tenantId: "t", key: "lobby" };
const request = sampleRequest(ref);
const BIG = JSON.stringify("x".repeat(5_000));
/** Bodies in items of their own: the verbs that read them must ask the table. */
const stored = { ...ref, payload: undefined, result: undefined } as StoredRequest;
const token = { permissions: [], expiresAt: 1 };
const connection = {
  ...token,
  connectionId: "c",
  tenantId: "t",
  userId: "u",
  endpoint: "e",
  tokenExpiresAt: 1,
  userAgent: undefined,
  ipAddress: undefined,
};
const chunk = { type: "chunk", request_id: "r", sequence: 1, previous: 0, attempt: 1, data: [1] } as const;

const CALLS: readonly [verb: string, call: (all: Stores) => Promise<unknown>][] = [
  ["connection.countActive", (all) => all.connection.countActive()],
  ["connection.save", (all) => all.connection.save(connection)],
  ["connection.get", (all) => all.connection.get("c")],
  ["connection.touch", (all) => all.connection.touch("c")],
  ["connection.renew", (all) => all.connection.renew("c", token)],
  ["connection.delete", (all) => all.connection.delete("c")],
  ["connection.addPosted", (all) => all.connection.addPosted("c", 1)],
  ["connection.scan", (all) => all.connection.scan()],
  ["connection.listByUser", (all) => all.connection.listByUser("t", "u")],
  ["connection.listByTenant", (all) => all.connection.listByTenant("t")],
  ["request.create", (all) => all.request.create(request)],
  ["request.create", (all) => all.request.create({ ...request, payload: BIG })],
  ["request.get", (all) => all.request.get(ref)],
  ["request.getConsistent", (all) => all.request.getConsistent(ref)],
  ["request.getMany", (all) => all.request.getMany([ref])],
  ["request.payloadOf", (all) => all.request.payloadOf(stored)],
  ["request.resultOf", (all) => all.request.resultOf(stored)],
  ["request.claim", (all) => all.request.claim(ref, 1)],
  ["request.heartbeat", (all) => all.request.heartbeat(ref, 1, 1, undefined)],
  ["request.release", (all) => all.request.release(ref, 1)],
  ["request.complete", (all) => all.request.complete(ref, 1, { body: "1", files: {} }, undefined)],
  ["request.complete", (all) => all.request.complete(ref, 1, { body: BIG, files: {} }, undefined)],
  ["request.fail", (all) => all.request.fail(ref, 1, { code: "TIMEOUT" }, undefined)],
  ["request.stop", (all) => all.request.stop(ref, 1, undefined)],
  ["request.cancel", (all) => all.request.cancel(ref, undefined)],
  ["request.retry", (all) => all.request.retry(ref, 1, { at: 1 }, undefined)],
  ["request.requestCancel", (all) => all.request.requestCancel(ref, undefined)],
  ["request.recover", (all) => all.request.recover(ref, 1, { at: 1 })],
  ["request.abandon", (all) => all.request.abandon(ref, 1, { code: "WORKER_LOST" })],
  ["request.stopLost", (all) => all.request.stopLost(ref, 1)],
  ["request.dispatch", (all) => all.request.dispatch(storedRequest({ ...ref, status: "pending" }), 1)],
  ["request.dispatchRetry", (all) => all.request.dispatch(storedRequest({ ...ref, status: "retrying" }), 1)],
  ["request.expire", (all) => all.request.expire(storedRequest(ref), { code: "EXPIRED" })],
  ["request.redrive", (all) => all.request.redrive(ref)],
  ["request.listByUser", (all) => all.request.listByUser("t", "u")],
  ["request.listByTenant", (all) => all.request.listByTenant("t")],
  ["request.listCreated", (all) => all.request.listCreated({ tenantId: "t", userId: "u" }, { limit: 1 })],
  ["request.listByConnection", (all) => all.request.listByConnection("c")],
  ["request.listOpen", (all) => all.request.listOpen(0)],
  ["request.listDue", (all) => all.request.listDue(0, 1)],
  ["request.listFailed", (all) => all.request.listFailed(0)],
  ["subscription.put", (all) => all.subscription.put(ref, "c", 1)],
  ["subscription.putMany", (all) => all.subscription.putMany([{ ...ref, expiresAt: 1 }], "c")],
  ["subscription.delete", (all) => all.subscription.delete(ref, "c")],
  ["subscription.listByRequest", (all) => all.subscription.listByRequest(ref)],
  ["subscription.listByConnection", (all) => all.subscription.deleteByConnection("c")],
  ["topic.subscribe", (all) => all.topic.subscribe({ ...lobby, connectionId: "c", userId: "u", presence: true, authorizedUntil: 1 })],
  ["topic.unsubscribe", (all) => all.topic.unsubscribe(lobby, "c")],
  ["topic.listByTopic", (all) => all.topic.listByTopic(lobby)],
  ["topic.listByConnection", (all) => all.topic.listByConnection("t", "c")],
  ["topic.subscribedOf", (all) => all.topic.subscribedOf(lobby, ["c"])],
  ["topic.renew", (all) => all.topic.renew(lobby, "c", 1)],
  ["update.put", (all) => all.update.put(ref, chunk, 1)],
  ["update.listAfter", (all) => all.update.listAfter(ref, 0, 1)],
  ["update.lastSequence", (all) => all.update.lastSequence(ref)],
];

describe("a table that does not answer as it should", () => {
  it.each(CALLS)("%s throws a TableError that names the verb", async (verb, call) => {
    const error: unknown = await call(stores).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(TableError);
    expect(error).toBeInstanceOf(ServiceUnavailableError);
    expect(error).toMatchObject({ verb, code: "SERVICE_UNAVAILABLE", retryable: true });
    // For the log: what really happened.
    expect((error as TableError).cause).toBeInstanceOf(Error);
  });

  it("every verb is among these", () => {
    const named = new Set([...CALLS.map(([verb]) => verb), "subscription.deleteByConnection"]);
    const verbs = Object.entries(stores).flatMap(([store, made]) => Object.keys(made as object).map((verb) => `${store}.${verb}`));
    expect(verbs.filter((verb) => !named.has(verb))).toEqual([]);
  });

  it("tells a client nothing of the table", async () => {
    const error = await stores.request.get(ref).catch((thrown: unknown) => thrown as TableError);
    expect(error).toBeInstanceOf(TableError);
    expect(JSON.stringify((error as TableError).toBody())).not.toMatch(/table|request\.get|dynamo/i);
  });
});
