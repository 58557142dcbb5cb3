import { REQUESTS_TOPIC, TENANT_REQUESTS_TOPIC } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { logTableCalls } from "../testing/tableCallLog.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "./entities/model.ts";
import { InvalidCursorError } from "./errors.ts";
import { topicKey, topicOfKey } from "./keys.ts";
import { createSubscriptionStore } from "./subscriptionStore.ts";
import { createTopicStore } from "./topicStore.ts";
import type { TopicRef, TopicStore } from "./topicStore.ts";

let config: TableConfig;
let clock: FakeClock;
let store: TopicStore;
let now: number;
beforeEach(async () => {
  config = await createTestTable();
  clock = createFakeClock();
  store = createTopicStore(config, clock);
  now = clock.now() / 1000;
});

const lobby: TopicRef = { tenantId: "Acme", key: "rooms/lobby" };
const subscribe = (ref: TopicRef, connectionId: string, more: { authorizedUntil?: number; presence?: boolean; userId?: string } = {}) =>
  store.subscribe({ ...ref, connectionId, userId: "ada", presence: false, authorizedUntil: now + 3_600, ...more });
const connectionsOf = async (ref: TopicRef) => (await store.listByTopic(ref)).items.map((subscription) => subscription.connectionId);

describe("a topic's subscribers", () => {
  it("are listed once, however often they subscribed; the first time is when they came", async () => {
    await subscribe(lobby, "c1=", { userId: "ü/ser#1" });
    await clock.advance(5_000);
    await subscribe(lobby, "c1=", { userId: "ü/ser#1", presence: true, authorizedUntil: now + 60 });
    expect((await store.listByTopic(lobby)).items).toEqual([
      { ...lobby, connectionId: "c1=", userId: "ü/ser#1", presence: true, since: now, authorizedUntil: now + 60 },
    ]);
  });

  it("are of one tenant, one topic and, of their own requests, one user", async () => {
    const refs = [
      lobby,
      { tenantId: "acme", key: "rooms/lobby" },
      { tenantId: "Acme", key: "rooms/Lobby" },
      { tenantId: "Acme", key: "rooms" },
      { tenantId: "Acme", key: topicKey(REQUESTS_TOPIC, "ada") },
      { tenantId: "Acme", key: topicKey(REQUESTS_TOPIC, "Ada") },
      { tenantId: "Acme", key: topicKey(TENANT_REQUESTS_TOPIC, "ada") },
    ];
    for (const [index, ref] of refs.entries()) await subscribe(ref, `c${index}`);
    for (const [index, ref] of refs.entries()) expect(await connectionsOf(ref)).toEqual([`c${index}`]);
  });

  it("hear nothing after the end of their token, nor after a day", async () => {
    await subscribe(lobby, "short", { authorizedUntil: now + 60 });
    await subscribe(lobby, "long", { authorizedUntil: now + 1_000_000 });
    await clock.advance(59_999);
    expect(await connectionsOf(lobby)).toEqual(["long", "short"]);
    await clock.advance(1);
    expect(await connectionsOf(lobby)).toEqual(["long"]);
    await clock.advance(24 * 60 * 60_000);
    expect(await connectionsOf(lobby)).toEqual([]);
  });

  it("come page by page", async () => {
    for (let index = 0; index < 5; index += 1) await subscribe(lobby, `c${index}`);
    const first = await store.listByTopic(lobby, { limit: 3 });
    const second = await store.listByTopic(lobby, { limit: 3, cursor: first.cursor });
    expect([first.items.length, second.items.length, second.cursor]).toEqual([3, 2, undefined]);
  });

  it("are not listed from a cursor of another topic: it is refused before anything is read", async () => {
    for (const connectionId of ["c1", "c2"]) await subscribe(lobby, connectionId);
    const { cursor } = await store.listByTopic(lobby, { limit: 1 });
    expect(cursor).toBeDefined();
    const log = logTableCalls(config);
    await expect(store.listByTopic({ ...lobby, tenantId: "acme" }, { cursor })).rejects.toThrow(InvalidCursorError);
    await expect(store.listByTopic(lobby, { cursor: "no cursor" })).rejects.toThrow(InvalidCursorError);
    expect(log.calls).toEqual([]);
  });

  it("are asked for by connection, in one read", async () => {
    await subscribe(lobby, "c1");
    const log = logTableCalls(config);
    expect(await store.subscribedOf(lobby, ["c1", "c2", "c1"])).toEqual(new Set(["c1"]));
    expect(log.calls).toEqual(["BatchGetItem consistent"]);
  });
});

describe("a connection's topics", () => {
  it("are listed of its own tenant, and not the requests it watches", async () => {
    await subscribe(lobby, "c1");
    await subscribe({ tenantId: "Acme", key: topicKey(REQUESTS_TOPIC, "a#b") }, "c1");
    await subscribe({ tenantId: "Acme2", key: "elsewhere" }, "c1");
    await createSubscriptionStore(config).put({ tenantId: "Acme", requestId: "topic" }, "c1", now + 60);
    const keys = await store.listByConnection("Acme", "c1");
    expect(keys.toSorted()).toEqual([topicKey(REQUESTS_TOPIC, "a#b"), "rooms/lobby"]);
    expect(keys.map(topicOfKey).toSorted()).toEqual([REQUESTS_TOPIC, "rooms/lobby"]);
  });

  it("end with it, in the same query as the requests it watches; what it heard is given", async () => {
    const subscriptions = createSubscriptionStore(config);
    const odd: TopicRef = { tenantId: "a#b/ü%23", key: topicKey(REQUESTS_TOPIC, "u#1") };
    await subscribe(lobby, "c1", { presence: true });
    await subscribe(odd, "c1", { userId: "u#1" });
    await subscribe(lobby, "c2");
    await subscriptions.put({ tenantId: "Acme", requestId: "topic" }, "c1", now + 60);
    const log = logTableCalls(config);
    const removed = await subscriptions.deleteByConnection("c1");
    expect(log.calls.toSorted()).toEqual(["BatchWriteItem", "DeleteItem", "DeleteItem", "Query gsi3"]);
    expect(removed.requests).toBe(1);
    expect(removed.topics.toSorted((a, b) => a.key.localeCompare(b.key))).toMatchObject([
      { ...odd, userId: "u#1", presence: false },
      { ...lobby, connectionId: "c1", userId: "ada", presence: true, since: now },
    ]);
    expect(await connectionsOf(lobby)).toEqual(["c2"]);
    expect(await connectionsOf(odd)).toEqual([]);
    expect(await subscriptions.listByRequest({ tenantId: "Acme", requestId: "topic" })).toEqual([]);
  });
});

describe("one subscription", () => {
  it("ends, and gives what it was; to end it twice is no error", async () => {
    await subscribe(lobby, "c1", { presence: true });
    expect(await store.unsubscribe(lobby, "c1")).toMatchObject({ ...lobby, connectionId: "c1", presence: true });
    expect(await store.unsubscribe(lobby, "c1")).toBeUndefined();
    expect(await connectionsOf(lobby)).toEqual([]);
  });

  it("is renewed by a later token, and not brought back by one", async () => {
    await subscribe(lobby, "c1", { authorizedUntil: now + 60 });
    expect(await store.renew(lobby, "c1", now + 600)).toBe(true);
    await clock.advance(60_000);
    expect(await connectionsOf(lobby)).toEqual(["c1"]);
    await store.unsubscribe(lobby, "c1");
    expect(await store.renew(lobby, "c1", now + 600)).toBe(false);
    expect(await connectionsOf(lobby)).toEqual([]);
  });
});
