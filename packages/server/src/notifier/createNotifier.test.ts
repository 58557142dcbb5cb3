import { MAX_EVENT_DATA_BYTES, REQUESTS_TOPIC, TENANT_REQUESTS_TOPIC } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeKeyPart } from "../table/keys.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import { news, room } from "../testing/sampleTopics.ts";
import { createTestTable } from "../testing/testTable.ts";
import { BUS_TIME, createTopicHarness, requestBody, topicBody } from "../testing/topicHarness.ts";
import type { TopicHarness } from "../testing/topicHarness.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

const on = (topic: string) => ({ type: "subscribe_topic", topic });
/** A connection that hears these topics. */
async function listener(
  { connect, send }: TopicHarness,
  topics: readonly string[],
  overrides: Parameters<TopicHarness["connect"]>[0] = {},
) {
  const connectionId = await connect({ permissions: ["requests:read"], ...overrides });
  for (const topic of topics) {
    const reply = await send(connectionId, on(topic));
    if (reply.type !== "subscribed_topic") throw new Error(`not subscribed: ${JSON.stringify(reply)}`);
  }
  return connectionId;
}
/** The data of the events that reached a connection. */
const heard = ({ received }: TopicHarness, connectionId: string): readonly unknown[] => received(connectionId).flatMap(dataOf);
const dataOf = (message: ServerMessage): readonly unknown[] => (message.type === "event" ? message.events.map(({ data }) => data) : []);
const transition = (tenantId: string, more: object = {}): string =>
  requestBody({
    request_id: "r1",
    tenant_id: encodeKeyPart(tenantId),
    user_id: "ada",
    action: "generate_report",
    status: "completed",
    attempt: "1",
    correlation_id: "c",
    ...more,
  });
const ALL_DONE = { batchItemFailures: [] };

describe("what a handler published", () => {
  test("reaches the subscribers of the topic, as its schema gives it, with its own time", async () => {
    const harness = createTopicHarness(table);
    const [hears, other] = [await listener(harness, ["news"]), await listener(harness, ["rooms/lobby"])];
    await harness.publishAs()(news.at(), { text: "hello" });
    expect(await harness.deliver()).toMatchObject([ALL_DONE]);
    expect(harness.received(hears)).toEqual([
      {
        type: "event",
        topic: "news",
        events: [{ id: expect.any(String), data: { text: "hello" }, timestamp: harness.clock.now() / 1000 }],
      },
    ]);
    expect(heard(harness, other)).toEqual([]);
  });

  test("stays within its tenant, whatever the topic is called there", async () => {
    const harness = createTopicHarness(table);
    const [own, foreign] = [`${harness.tenantId}#a`, `${harness.tenantId}%23a`];
    const [mine, theirs] = [await listener(harness, ["news"], { tenantId: own }), await listener(harness, ["news"], { tenantId: foreign })];
    await harness.publishAs(own)(news.at(), { text: "ours" });
    await harness.publishAs(foreign)(news.at(), { text: "theirs" });
    await harness.deliver();
    expect([heard(harness, mine), heard(harness, theirs)]).toEqual([[{ text: "ours" }], [{ text: "theirs" }]]);
  });

  test("is not heard after the token's end, and is again after another", async () => {
    const harness = createTopicHarness(table);
    const { clock, deps, tenantId } = harness;
    const now = clock.now() / 1000;
    const connectionId = await listener(harness, ["news"], { tokenExpiresAt: now + 60 });
    await clock.advance(60_000);
    await harness.publishAs()(news.at(), { text: "missed" });
    await harness.deliver();
    await deps.topics.renew({ tenantId, key: "news" }, connectionId, now + 600);
    await harness.publishAs()(news.at(), { text: "heard" });
    await harness.deliver();
    expect(heard(harness, connectionId)).toEqual([{ text: "heard" }]);
  });

  test("shares messages under 32 KB, in order; a large one has its own", async () => {
    const harness = createTopicHarness(table);
    const connectionId = await listener(harness, ["news"]);
    const sizes = [10, 10, MAX_EVENT_DATA_BYTES - 11, 20_000, 9_000, 9_000];
    for (const size of sizes) await harness.publishAs()(news.at(), { text: "x".repeat(size) });
    expect(await harness.deliver()).toMatchObject([{ counts: { events: 6, topics: 1, connections: 1, sent: 4 } }]);
    const messages = harness.received(connectionId);
    expect(messages.map((message) => (message.type === "event" ? message.events.length : 0))).toEqual([2, 1, 2, 1]);
    for (const { data } of harness.api.calls) expect(data?.length).toBeLessThanOrEqual(32 * 1024);
    expect(heard(harness, connectionId).map((data) => (data as { text: string }).text.length)).toEqual(sizes);
  });

  test("and came twice in a batch is told once", async () => {
    const harness = createTopicHarness(table);
    const connectionId = await listener(harness, ["news"]);
    await harness.publishAs()(news.at(), { text: "once" });
    const [detail] = harness.publisher.details;
    await harness.notify([topicBody(detail ?? {}), topicBody(detail ?? {})]);
    expect(heard(harness, connectionId)).toEqual([{ text: "once" }]);
  });
});

describe("a request's transition", () => {
  test("reaches its owner, and those who may see all of the tenant; nobody else", async () => {
    const harness = createTopicHarness(table);
    const owner = await listener(harness, [REQUESTS_TOPIC], { userId: "ada" });
    const colleague = await listener(harness, [REQUESTS_TOPIC], { userId: "bob" });
    const operator = await listener(harness, [TENANT_REQUESTS_TOPIC], { userId: "eve" });
    const foreigner = await listener(harness, [REQUESTS_TOPIC, TENANT_REQUESTS_TOPIC], {
      userId: "ada",
      tenantId: `${harness.tenantId}-2`,
    });
    await harness.notify([transition(harness.tenantId)]);
    const events = [
      {
        id: "r1.completed.1",
        data: { request_id: "r1", action: "generate_report", user_id: "ada", status: "completed", attempt: 1 },
        timestamp: Date.parse(BUS_TIME) / 1000,
      },
    ];
    expect(harness.received(owner)).toEqual([{ type: "event", topic: REQUESTS_TOPIC, events }]);
    expect(harness.received(operator)).toEqual([{ type: "event", topic: TENANT_REQUESTS_TOPIC, events }]);
    expect([harness.received(colleague), harness.received(foreigner)]).toEqual([[], []]);
  });

  test("of a user with any name reaches that user", async () => {
    const harness = createTopicHarness(table);
    const userId = "a#b/ü%23";
    const connectionId = await listener(harness, [REQUESTS_TOPIC], { userId });
    await harness.notify([transition(harness.tenantId, { user_id: encodeKeyPart(userId) })]);
    expect(heard(harness, connectionId)).toMatchObject([{ user_id: userId }]);
  });

  test("that the bus has from the sweeper is none: the request has waited since long", async () => {
    const harness = createTopicHarness(table);
    const connectionId = await listener(harness, [REQUESTS_TOPIC], { userId: "ada" });
    const result = await harness.notify([transition(harness.tenantId, { status: "pending", resent: true })]);
    expect(result).toMatchObject({ ...ALL_DONE, counts: { events: 0, topics: 0 } });
    expect(heard(harness, connectionId)).toEqual([]);
  });
});

describe("presence", () => {
  test("who comes is told to those who are there, not to themselves", async () => {
    const harness = createTopicHarness(table);
    const [ada, bob] = [await listener(harness, ["rooms/lobby"]), await listener(harness, ["rooms/lobby"], { userId: "bob" })];
    const since = harness.clock.now() / 1000;
    await harness.deliver();
    expect(harness.received(ada)).toEqual([
      { type: "presence", topic: "rooms/lobby", joined: [{ connection_id: bob, user_id: "bob", since }], left: [] },
    ]);
    expect(harness.received(bob)).toMatchObject([{ joined: [{ connection_id: ada }] }]);
  });

  test("who leaves is told to those who stay", async () => {
    const harness = createTopicHarness(table);
    const [ada, bob] = [await listener(harness, ["rooms/lobby"]), await listener(harness, ["rooms/lobby"])];
    await harness.deliver();
    await harness.send(bob, { type: "unsubscribe_topic", topic: "rooms/lobby" });
    await harness.deliver();
    expect(harness.received(ada).at(-1)).toEqual({ type: "presence", topic: "rooms/lobby", joined: [], left: [bob] });
    expect(harness.received(bob)).toHaveLength(1);
  });

  test("is told as it stands, whatever order the bus has it in", async () => {
    const harness = createTopicHarness(table);
    const ada = await listener(harness, ["rooms/lobby"]);
    const bob = await listener(harness, ["rooms/lobby"]);
    await harness.send(bob, { type: "unsubscribe_topic", topic: "rooms/lobby" });
    const [, joined, left] = harness.publisher.details.map(topicBody);
    for (const body of [left, joined]) await harness.notify([body ?? ""]);
    expect(harness.received(ada)).toEqual([{ type: "presence", topic: "rooms/lobby", joined: [], left: [bob] }]);
    // Back again: what is said late of the first time is nothing new.
    await harness.send(bob, on("rooms/lobby"));
    await harness.notify([left ?? ""]);
    expect(harness.received(ada)).toHaveLength(1);
  });

  test("a connection that is gone is removed, and the others are told that it left", async () => {
    const harness = createTopicHarness(table);
    const [ada, bob] = [await listener(harness, ["rooms/lobby"]), await listener(harness, ["rooms/lobby"])];
    await harness.deliver();
    harness.api.answer(bob, 410);
    await harness.publishAs()(room.at("lobby"), { text: "anybody?" });
    const [first, second] = await harness.deliver();
    expect(first).toMatchObject({ ...ALL_DONE, counts: { sent: 1, gone: 1 } });
    expect(second).toMatchObject({ ...ALL_DONE, counts: { events: 1, sent: 1, gone: 0 } });
    expect(harness.received(ada).at(-1)).toMatchObject({ type: "presence", left: [bob] });
  });
});

describe("a batch", () => {
  test("of which one message cannot be read: that one comes again, and is logged; the others are told", async () => {
    const harness = createTopicHarness(table);
    const connectionId = await listener(harness, ["news"]);
    await harness.publishAs()(news.at(), { text: "fine" });
    const [detail] = harness.publisher.details;
    const result = await harness.notify(["no JSON", topicBody(detail ?? {}), topicBody({ ...detail, topic: "a#b" })]);
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: "message-0" }, { itemIdentifier: "message-2" }]);
    expect(heard(harness, connectionId)).toEqual([{ text: "fine" }]);
    const lines = harness.log.entries("A message of the notifier's queue cannot be read; it goes back, and ends in the dead letters.");
    expect(lines).toMatchObject([{ message_id: "message-0" }, { message_id: "message-2" }]);
  });

  test("of which one was published to a topic of the server's own: it is told to nobody, and ends in the dead letters", async () => {
    const harness = createTopicHarness(table);
    const connectionId = await listener(harness, ["requests"]);
    await harness.publishAs()(news.at(), { text: "made up" });
    const [detail] = harness.publisher.details;
    const result = await harness.notify(["requests", "tenant:requests", "tenant:other"].map((topic) => topicBody({ ...detail, topic })));
    expect(result.batchItemFailures).toHaveLength(3);
    expect(harness.received(connectionId)).toEqual([]);
  });

  test("whose subscribers cannot be read comes again, but for what is of other topics", async () => {
    const harness = createTopicHarness(table, {
      deps: ({ topics }) => ({
        topics: {
          ...topics,
          listByTopic: (ref, page) => (ref.key === "news" ? Promise.reject(new Error("throttled")) : topics.listByTopic(ref, page)),
        },
      }),
    });
    const connectionId = await listener(harness, ["rooms/a"]);
    const publish = harness.publishAs();
    for (const topic of [news.at(), room.at("a"), news.at()]) await publish(topic, { text: topic.name });
    const bodies = harness.publisher.details.filter(({ kind }) => kind === "published").map(topicBody);
    const result = await harness.notify(bodies);
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: "message-0" }, { itemIdentifier: "message-2" }]);
    expect(result.counts).toMatchObject({ returned: 2 });
    expect(heard(harness, connectionId)).toEqual([{ text: "rooms/a" }]);
  });

  test("does not come again for a connection that cannot be reached: it is counted and logged", async () => {
    const harness = createTopicHarness(table);
    const [well, ill] = [await listener(harness, ["news"]), await listener(harness, ["news"])];
    harness.api.answer(ill, 403);
    await harness.publishAs()(news.at(), { text: "x" });
    expect(await harness.deliver()).toMatchObject([{ ...ALL_DONE, counts: { sent: 1, failed: 1 } }]);
    expect(heard(harness, well)).toHaveLength(1);
    expect(harness.log.entries("A topic's messages did not reach some subscribers.")).toMatchObject([
      { level: "WARN", topic: "news", counts: { forbidden: 1 } },
    ]);
    expect(harness.metrics).toEqual([
      ["TopicMessages", 1],
      ["TopicMessagesLost", 1],
    ]);
  });

  test("is done though its metrics cannot be published", async () => {
    const harness = createTopicHarness(table, { deps: () => ({ publishMetrics: () => Promise.reject(new Error("no")) }) });
    await harness.publishAs()(news.at(), { text: "x" });
    expect(await harness.deliver()).toMatchObject([ALL_DONE]);
  });

  test("never logs what was published", async () => {
    const log = createRecordedLogger({ asDeployed: true });
    const harness = createTopicHarness(table, { deps: () => ({ logger: log.logger }) });
    const connectionId = await listener(harness, ["news"]);
    harness.api.answer(connectionId, 403);
    await harness.publishAs()(news.at(), { text: "SECRET" });
    await harness.deliver();
    await harness.notify([topicBody({ kind: "published", data: "SECRET" }), '{"SECRET'.concat("}")]);
    expect(log.lines).toHaveLength(3);
    expect(log.lines.join("\n")).not.toContain("SECRET");
    // Where to look in the dead letter all the same.
    expect(log.entries()[1]).toMatchObject({ message_id: "message-0", fields: expect.arrayContaining(["detail.tenant_id"]) as string[] });
  });
});
