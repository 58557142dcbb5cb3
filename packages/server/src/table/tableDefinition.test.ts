import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, expect, it } from "vitest";
import { createRawTable } from "../testing/rawTable.ts";
import type { RawItem } from "../testing/rawTable.ts";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { logTableCalls } from "../testing/tableCallLog.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createConnectionStore } from "./connectionStore.ts";
import { createRequestStore } from "./requestStore.ts";
import { createSubscriptionStore } from "./subscriptionStore.ts";
import { tableDefinition } from "./tableDefinition.ts";
import { createTopicStore } from "./topicStore.ts";
import { createUpdateStore } from "./updateStore.ts";

const BIG = JSON.stringify("x".repeat(5_000));
const items: RawItem[] = [];
let usedIndexes: ReadonlySet<string>;

/** One item of every kind, by the stores, and every list. */
beforeAll(async () => {
  const config = await createTestTable();
  const log = logTableCalls(config);
  const clock = createFakeClock();
  const requests = createRequestStore(config, clock);
  const connections = createConnectionStore(config, clock);
  const subscriptions = createSubscriptionStore(config);
  const request = sampleRequest({ payload: BIG });
  await requests.create(request);
  await requests.claim(request, 60_000);
  await requests.complete(request, 1, { body: BIG, files: {} }, undefined);
  const open = sampleRequest();
  await requests.create(open);
  await createUpdateStore(config).put(
    request,
    { type: "chunk", request_id: request.requestId, sequence: 1, previous: 0, attempt: 1, data: [1] },
    1_800_000_000,
  );
  await subscriptions.put(request, "c1", 1_800_000_000);
  await connections.save({
    connectionId: "c1",
    tenantId: "t",
    userId: "u",
    permissions: [],
    endpoint: "e",
    tokenExpiresAt: 1,
    userAgent: undefined,
    ipAddress: undefined,
  });
  const lobby = { tenantId: "t", key: "lobby" };
  await createTopicStore(config, clock).subscribe({ ...lobby, connectionId: "c1", userId: "u", presence: true, authorizedUntil: 1 });
  const raw = createRawTable(config);
  const alone = [await raw.item("connection#c1", "connection"), await raw.item("topic#t#lobby", "connection#c1")];
  items.push(...Object.values(await raw.request(request)), ...Object.values(await raw.request(open)));
  items.push(...alone.filter((item) => item !== undefined));

  log.clear();
  await requests.listByUser("t", "u");
  await requests.listByTenant("t");
  await requests.listByConnection("c1");
  await requests.listOpen(0);
  await connections.listByUser("t", "u");
  await connections.listByTenant("t");
  await subscriptions.deleteByConnection("c1");
  usedIndexes = new Set(log.calls.flatMap((call) => /^Query (\S+)$/.exec(call)?.[1] ?? []));
});

it("every kind of item is looked at", () => {
  const kinds = new Set(items.map((item) => item["__edb_e__"]?.S));
  expect(kinds).toEqual(
    new Set(["async_request", "connection", "request_payload", "request_result", "request_update", "subscription", "topic_subscription"]),
  );
});

it("every item has the table's key and its TTL, in whole seconds", () => {
  for (const item of items) {
    expect(item[tableDefinition.partitionKey]?.S).toMatch(/#/);
    expect(item[tableDefinition.sortKey]?.S).toBeTruthy();
    expect(item[tableDefinition.ttlAttribute]?.N).toMatch(/^\d{10}$/);
  }
});

it("items carry the keys of the indexes that the table has, both or none, as strings, and no others", () => {
  const carried = new Set(items.flatMap((item) => Object.keys(item)).filter((name) => name.startsWith("gsi")));
  const defined = tableDefinition.indexes.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]);
  expect([...carried].toSorted()).toEqual(defined.toSorted());
  for (const item of items) {
    for (const { partitionKey, sortKey } of tableDefinition.indexes) {
      expect(typeof item[partitionKey]?.S).toBe(typeof item[sortKey]?.S);
      expect(item[partitionKey]?.N ?? item[sortKey]?.N).toBeUndefined();
    }
  }
});

it("the lists use every index that the table has, and no other", () => {
  expect([...usedIndexes].toSorted()).toEqual(tableDefinition.indexes.map(({ name }) => name));
});
