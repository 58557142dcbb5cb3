import { beforeAll, beforeEach, expect, test } from "vitest";
import { inWorkers } from "../connection/inWorkers.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { news, room } from "../testing/sampleTopics.ts";
import { logTableCalls } from "../testing/tableCallLog.ts";
import type { TableCallLog } from "../testing/tableCallLog.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createTopicHarness, topicBody } from "../testing/topicHarness.ts";
import type { TopicHarness } from "../testing/topicHarness.ts";

let table: TableConfig;
let log: TableCallLog;
beforeAll(async () => {
  table = await createTestTable();
  log = logTableCalls(table);
});
let harness: TopicHarness;
beforeEach(() => {
  harness = createTopicHarness(table);
});

const ids = (count: number) => Array.from({ length: count }, (_, index) => `connection-${index}`);
async function fill(count: number): Promise<void> {
  const { deps, tenantId, clock } = harness;
  const authorizedUntil = clock.now() / 1000 + 60;
  await inWorkers(25, ids(count), (connectionId) =>
    deps.topics.subscribe({ tenantId, key: "news", connectionId, userId: "u", presence: false, authorizedUntil }),
  );
}

test("ten events of one topic are one query, and one message to each of its subscribers", async () => {
  await fill(3);
  for (let index = 0; index < 10; index += 1) await harness.publishAs()(news.at(), { text: `${index}` });
  log.clear();
  expect(await harness.deliver()).toMatchObject([{ counts: { events: 10, topics: 1, connections: 3, sent: 3 } }]);
  expect(log.calls).toEqual(["Query consistent"]);
  expect(harness.api.calls).toHaveLength(3);
});

test("events of five topics are five queries", async () => {
  for (let index = 0; index < 10; index += 1) await harness.publishAs()(room.at(`${index % 5}`), { text: "x" });
  log.clear();
  await harness.deliver();
  expect(log.calls).toEqual(Array.from({ length: 5 }, () => "Query consistent"));
});

test("of 1,000 subscribers each is told once, 25 at a time", { timeout: 60_000 }, async () => {
  await fill(1_000);
  let under = 0;
  let most = 0;
  const post = async () => {
    under += 1;
    most = Math.max(most, under);
    await new Promise<void>((resolve) => setImmediate(resolve));
    under -= 1;
  };
  for (const connectionId of ids(1_000)) harness.api.answer(connectionId, post);
  await harness.publishAs()(news.at(), { text: "x" });
  expect(await harness.deliver()).toMatchObject([{ counts: { connections: 1_000, sent: 1_000, unsent: 0 } }]);
  expect(new Set(harness.api.calls.map((call) => call.connectionId)).size).toBe(1_000);
  expect(most).toBe(25);
});

test("when the function's time runs out, those who were not told are counted and logged; nothing comes again", async () => {
  await fill(250);
  await harness.publishAs()(news.at(), { text: "x" });
  const [detail] = harness.publisher.details;
  const remainingMs = () => (harness.api.calls.length < 100 ? 60_000 : 14_999);
  const result = await harness.notify([topicBody(detail ?? {})], remainingMs);
  expect(result).toMatchObject({ batchItemFailures: [], counts: { sent: 100, unsent: 150 } });
  expect(harness.log.entries("The function's time ran out: not all subscribers of a topic were told.")).toMatchObject([
    { level: "ERROR", tenant_id: harness.tenantId, topic: "news", messages_unsent: 150, subscribers_unread: false },
  ]);
  expect(harness.metrics).toContainEqual(["TopicMessagesLost", 150]);
});

test("a topic whose turn did not come in time comes again whole", async () => {
  await fill(1);
  await harness.publishAs()(news.at(), { text: "x" });
  const [detail] = harness.publisher.details;
  const result = await harness.notify([topicBody(detail ?? {})], () => 1_000);
  expect(result).toMatchObject({ batchItemFailures: [{ itemIdentifier: "message-0" }], counts: { sent: 0, unsent: 0, returned: 1 } });
});
