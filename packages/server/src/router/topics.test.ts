import { MAX_TOPIC_MEMBERS, MAX_TOPICS_PER_CONNECTION, REQUESTS_TOPIC, TENANT_REQUESTS_TOPIC } from "@streamer/protocol";
import { beforeAll, describe, expect, test } from "vitest";
import { createTokenVerifier } from "../auth/token.ts";
import { sampleTopics } from "../testing/sampleTopics.ts";
import { logTableCalls } from "../testing/tableCallLog.ts";
import type { TableCallLog } from "../testing/tableCallLog.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createTokenIssuer, ISSUER } from "../testing/tokenIssuer.ts";
import { createTopicHarness } from "../testing/topicHarness.ts";
import type { TopicHarness } from "../testing/topicHarness.ts";
import { topicKey } from "../table/keys.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createRouter } from "./createRouter.ts";

let table: TableConfig;
let log: TableCallLog;
beforeAll(async () => {
  table = await createTestTable();
  log = logTableCalls(table);
});

const on = (topic: string) => ({ type: "subscribe_topic", topic });
const off = (topic: string) => ({ type: "unsubscribe_topic", topic });
const subscribersOf = async ({ deps, tenantId }: TopicHarness, name: string, userId = "u1") =>
  (await deps.topics.listByTopic({ tenantId, key: topicKey(name, userId) })).items.map(({ connectionId }) => connectionId);

describe("subscribe_topic", () => {
  test.each([REQUESTS_TOPIC, "news"])("to %s is answered, and the connection is a subscriber", async (topic) => {
    const harness = createTopicHarness(table);
    const connectionId = await harness.connect();
    expect(await harness.send(connectionId, on(topic))).toEqual({ type: "subscribed_topic", topic });
    expect(await subscribersOf(harness, topic)).toEqual([connectionId]);
    expect(harness.publisher.details).toEqual([]);
  });

  test.each([TENANT_REQUESTS_TOPIC, "rooms/audit"])("to %s needs its permission", async (topic) => {
    const harness = createTopicHarness(table);
    const permission = topic === TENANT_REQUESTS_TOPIC ? "requests:read" : "audit:read";
    const [without, permitted] = [await harness.connect(), await harness.connect({ permissions: [permission] })];
    expect(await harness.send(without, on(topic))).toMatchObject({
      type: "error",
      topic,
      error: { code: "FORBIDDEN", details: { missing: [permission] } },
    });
    expect(await harness.send(permitted, on(topic))).toMatchObject({ type: "subscribed_topic" });
    expect(await subscribersOf(harness, topic)).toEqual([permitted]);
  });

  test.each(["nowhere", "rooms", "rooms/", "rooms/a/b", "tenant:other", "Requests"])(
    "to %s, which is no topic, is NOT_FOUND",
    async (topic) => {
      const { connect, send } = createTopicHarness(table);
      expect(await send(await connect(), on(topic))).toEqual({
        type: "error",
        topic,
        error: expect.objectContaining({ code: "NOT_FOUND", details: { reason: "this server has no such topic" } }),
      });
    },
  );

  test("to the topics of requests is NOT_FOUND where the deployment left them out", async () => {
    const { connect, send } = createTopicHarness(table, { config: { requestTopics: false } });
    const connectionId = await connect({ permissions: ["requests:read"] });
    for (const topic of [REQUESTS_TOPIC, TENANT_REQUESTS_TOPIC])
      expect(await send(connectionId, on(topic))).toMatchObject({ topic, error: { code: "NOT_FOUND" } });
    expect(await send(connectionId, on("news"))).toMatchObject({ type: "subscribed_topic" });
  });

  test("needs a token that has not ended", async () => {
    const { connect, send, clock } = createTopicHarness(table);
    const connectionId = await connect({ tokenExpiresAt: clock.now() / 1000 + 60 });
    await clock.advance(60_000);
    expect(await send(connectionId, on("news"))).toMatchObject({ topic: "news", error: { code: "UNAUTHORIZED" } });
  });

  test("of no name that a topic may have is INVALID_MESSAGE", async () => {
    const { connect, send } = createTopicHarness(table);
    expect(await send(await connect(), on("a#b"))).toMatchObject({ type: "error", error: { code: "INVALID_MESSAGE" } });
  });

  test("is refused beyond the limit of a connection; to one of its topics again is not", async () => {
    const { connect, send } = createTopicHarness(table, { config: { rateLimits: { connection: "unlimited" } } });
    const connectionId = await connect();
    for (let index = 0; index < MAX_TOPICS_PER_CONNECTION; index += 1) await send(connectionId, on(`rooms/${index}`));
    expect(await send(connectionId, on("news"))).toMatchObject({
      topic: "news",
      error: { code: "RATE_LIMITED", details: { limit: MAX_TOPICS_PER_CONNECTION } },
    });
    expect(await send(connectionId, on("rooms/7"))).toMatchObject({ type: "subscribed_topic" });
    await send(connectionId, off("rooms/7"));
    expect(await send(connectionId, on("news"))).toMatchObject({ type: "subscribed_topic" });
  });

  test("costs 1 query of the index and 1 update; with presence 1 query more", async () => {
    const { connect, send } = createTopicHarness(table);
    const connectionId = await connect();
    log.clear();
    await send(connectionId, on("news"));
    expect(log.calls).toEqual(["UpdateItem", "Query gsi3", "UpdateItem"]);
    log.clear();
    await send(connectionId, on("rooms/lobby"));
    expect(log.calls).toEqual(["UpdateItem", "Query gsi3", "UpdateItem", "Query consistent"]);
    log.clear();
    await send(connectionId, off("rooms/lobby"));
    expect(log.calls).toEqual(["UpdateItem", "DeleteItem"]);
  });
});

describe("a topic with presence", () => {
  test("tells who is there, oneself included, and the others who came", async () => {
    const harness = createTopicHarness(table);
    const { connect, send, clock, publisher } = harness;
    const since = clock.now() / 1000;
    const [ada, bob] = [await connect({ userId: "ada" }), await connect({ userId: "bob" })];
    const [adaIn, bobIn] = [ada, bob].map((connection_id, index) => ({ connection_id, user_id: ["ada", "bob"][index], since }));
    expect(await send(ada, on("rooms/lobby"))).toEqual({ type: "subscribed_topic", topic: "rooms/lobby", members: [adaIn] });
    expect(await send(bob, on("rooms/lobby"))).toEqual({ type: "subscribed_topic", topic: "rooms/lobby", members: [bobIn, adaIn] });
    expect(publisher.details).toMatchObject([
      { kind: "joined", tenant_id: harness.tenantId, topic: "rooms/lobby", member: adaIn },
      { kind: "joined", tenant_id: harness.tenantId, topic: "rooms/lobby", member: bobIn },
    ]);
  });

  test("names so many members, and says how many more there are", async () => {
    const { connect, send, deps, tenantId, clock } = createTopicHarness(table);
    for (let index = 0; index < MAX_TOPIC_MEMBERS + 30; index += 1) {
      await deps.topics.subscribe({
        tenantId,
        key: "rooms/full",
        connectionId: `c${index}`,
        userId: "u",
        presence: true,
        authorizedUntil: clock.now() / 1000 + 60,
      });
    }
    const connectionId = await connect();
    const reply = await send(connectionId, on("rooms/full"));
    if (reply.type !== "subscribed_topic") throw new Error("not subscribed");
    expect(reply.members).toHaveLength(MAX_TOPIC_MEMBERS);
    expect(reply.members?.[0]).toMatchObject({ connection_id: connectionId });
    expect(reply.more).toBe(31);
  });

  test("answers within 32 KB, however long the names of its members are", async () => {
    const { connect, send, deps, tenantId, clock } = createTopicHarness(table);
    for (let index = 0; index < 60; index += 1) {
      await deps.topics.subscribe({
        tenantId,
        key: "rooms/long",
        connectionId: `c${index}`,
        userId: "u".repeat(1_000),
        presence: true,
        authorizedUntil: clock.now() / 1000 + 60,
      });
    }
    const reply = await send(await connect(), on("rooms/long"));
    expect(JSON.stringify(reply).length).toBeLessThan(32 * 1024);
    if (reply.type !== "subscribed_topic") throw new Error("not subscribed");
    expect((reply.members?.length ?? 0) + (reply.more ?? 0)).toBe(61);
  });

  test("is SERVICE_UNAVAILABLE when the bus cannot be told; once more tells it", async () => {
    const harness = createTopicHarness(table);
    const connectionId = await harness.connect();
    const { publisher } = harness;
    publisher.fail(1);
    expect(await harness.send(connectionId, on("rooms/lobby"))).toMatchObject({
      topic: "rooms/lobby",
      error: { code: "SERVICE_UNAVAILABLE" },
    });
    expect(await harness.send(connectionId, on("rooms/lobby"))).toMatchObject({ type: "subscribed_topic" });
    expect(publisher.details).toMatchObject([{ kind: "joined" }]);
  });
});

describe("unsubscribe_topic", () => {
  test("ends it, and tells the others; to end it twice, or what never was, is no error", async () => {
    const harness = createTopicHarness(table);
    const { connect, send, publisher } = harness;
    const connectionId = await connect();
    await send(connectionId, on("rooms/lobby"));
    for (const topic of ["rooms/lobby", "rooms/lobby", "nowhere"])
      expect(await send(connectionId, off(topic))).toEqual({ type: "unsubscribed_topic", topic });
    expect(await subscribersOf(harness, "rooms/lobby")).toEqual([]);
    expect(publisher.details.map(({ kind }) => kind)).toEqual(["joined", "left"]);
  });

  test("ends nobody else's", async () => {
    const harness = createTopicHarness(table);
    const [ada, bob] = [await harness.connect({ userId: "ada" }), await harness.connect({ userId: "bob" })];
    await harness.send(ada, on(REQUESTS_TOPIC));
    await harness.send(bob, off(REQUESTS_TOPIC));
    expect(await subscribersOf(harness, REQUESTS_TOPIC, "ada")).toEqual([ada]);
  });
});

describe("authenticate", () => {
  async function open() {
    const base = createTopicHarness(table);
    const issuer = await createTokenIssuer(base.clock);
    const tokens = createTokenVerifier({ key: issuer.publicKey, issuer: ISSUER, now: () => base.clock.now() });
    // The same router, that knows whose tokens are good.
    Object.assign(base.deps.tokens, tokens);
    const now = base.clock.now() / 1000;
    const connectionId = await base.connect({ permissions: ["audit:read"], tokenExpiresAt: now + 60 });
    for (const topic of ["news", "rooms/audit", REQUESTS_TOPIC]) await base.send(connectionId, on(topic));
    const authenticate = async (permissions: string[]) =>
      base.send(connectionId, {
        type: "authenticate",
        token: await issuer.sign({ tenant_id: base.tenantId, exp: now + 600, permissions }),
      });
    return { ...base, connectionId, authenticate };
  }

  test("lets a connection hear its topics until the end of the new token", async () => {
    const harness = await open();
    expect(await harness.authenticate(["audit:read"])).toMatchObject({ type: "authenticated" });
    await harness.clock.advance(599_000);
    for (const topic of ["news", "rooms/audit", REQUESTS_TOPIC])
      expect(await subscribersOf(harness, topic)).toEqual([harness.connectionId]);
    await harness.clock.advance(1_000);
    for (const topic of ["news", "rooms/audit", REQUESTS_TOPIC]) expect(await subscribersOf(harness, topic)).toEqual([]);
  });

  test("brings a topic back that was not heard since the old token's end", async () => {
    const harness = await open();
    await harness.clock.advance(60_000);
    expect(await subscribersOf(harness, "news")).toEqual([]);
    await harness.authenticate([]);
    expect(await subscribersOf(harness, "news")).toEqual([harness.connectionId]);
  });

  test("removes it from topics that the new token may not hear, and tells it and those who see it there", async () => {
    const harness = await open();
    await harness.authenticate([]);
    expect(harness.connectionManager.received(harness.connectionId)).toMatchObject([
      { type: "error", topic: "rooms/audit", error: { code: "FORBIDDEN" } },
    ]);
    expect(await subscribersOf(harness, "rooms/audit")).toEqual([]);
    expect(await subscribersOf(harness, "news")).toEqual([harness.connectionId]);
    expect(harness.publisher.details).toMatchObject([
      { kind: "joined", topic: "rooms/audit" },
      { kind: "left", topic: "rooms/audit", member: { connection_id: harness.connectionId } },
    ]);
  });

  test("costs 1 query, and 1 write for each topic", async () => {
    const { authenticate } = await open();
    log.clear();
    await authenticate([]);
    expect(log.calls.slice(0, 3)).toEqual(["UpdateItem", "UpdateItem", "Query gsi3"]);
    // Under way together.
    expect(log.calls.slice(3).toSorted()).toEqual(["DeleteItem", "UpdateItem", "UpdateItem"]);
  });
});

test("two topics of one name are refused when the router is made", () => {
  const { deps } = createTopicHarness(table);
  const config = { actions: {}, handlers: {}, topics: [...sampleTopics, sampleTopics[1]] };
  expect(() => createRouter(config, deps)).toThrow('The topic "news" is defined twice.');
});
