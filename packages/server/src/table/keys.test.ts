import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { REQUESTS_TOPIC, systemClock, TENANT_REQUESTS_TOPIC, TOPIC_PATTERN } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createConnectionStore } from "./connectionStore.ts";
import { decodeKeyPart, encodeKeyPart, requestPartition, topicKey, topicOfKey, WORK_SHARDS, workShard } from "./keys.ts";
import { createRequestStore } from "./requestStore.ts";
import { createSubscriptionStore } from "./subscriptionStore.ts";
import { createTopicStore } from "./topicStore.ts";
import { createUpdateStore } from "./updateStore.ts";

interface Asked {
  readonly Key?: unknown;
  readonly ExpressionAttributeValues?: { readonly ":pk"?: unknown };
}

/** A client that is never answered by a table: it only tells which keys were asked for. */
function createKeyProbe() {
  const asked: Asked[] = [];
  const client = new DynamoDBClient({ region: "us-east-1", credentials: { accessKeyId: "none", secretAccessKey: "none" } });
  client.middlewareStack.add(
    () => async (args) => {
      asked.push(args.input as Asked);
      return { output: { $metadata: {}, Items: [] } as never, response: {} };
    },
    { step: "initialize" },
  );
  const config = { client, tableName: "none" };
  const keyOf = async (ask: () => Promise<unknown>): Promise<string> => {
    asked.length = 0;
    await ask();
    const { Key, ExpressionAttributeValues } = asked[0] ?? {};
    const key = Key ?? ExpressionAttributeValues?.[":pk"];
    if (key === undefined) throw new Error("nothing was asked for by key");
    return JSON.stringify(key);
  };
  return { config, keyOf };
}

const { config, keyOf } = createKeyProbe();
const requests = createRequestStore(config, systemClock);
const updates = createUpdateStore(config);
const subscriptions = createSubscriptionStore(config);
const connections = createConnectionStore(config, systemClock);
const topics = createTopicStore(config, systemClock);

/** Made of what keys are made of, so that two of them meet if they can; and any text at all. */
const id = fc.oneof(
  fc.string({ unit: fc.constantFrom("#", "%", "2", "3", "5", "a", "A", "request", "$", "{", "}"), minLength: 1, maxLength: 5 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }),
);
type Pair = readonly [string, string];
const pair: fc.Arbitrary<Pair> = fc.tuple(id, id);
/** Two pairs that are one text when their parts are only put together: `a` + `b#c`, `a#b` + `c`. */
const splitElsewhere = fc.tuple(id, id, id).map(([a, b, c]): readonly [Pair, Pair] => [
  [a, `${b}#${c}`],
  [`${a}#${b}`, c],
]);
/** A pair and what is the same to whoever folds letters, encodes twice or decodes too much. */
const disguised = fc
  .tuple(
    pair,
    fc.constantFrom<(text: string) => string>((text) => text.toUpperCase(), encodeURIComponent, encodeKeyPart, decoded),
    fc.nat(1),
  )
  .map(([[a, b], disguise, which]): readonly [Pair, Pair] => [[a, b], which === 0 ? [disguise(a), b] : [a, disguise(b)]]);
/** Pairs that meet if they can: two at random hardly ever would. */
const twoPairs = fc
  .oneof(splitElsewhere, disguised, fc.tuple(pair, pair))
  .filter(([one, other]) => one[0] !== other[0] || one[1] !== other[1]);
const twoIds = twoPairs.map(([one, other]) => (one[0] === other[0] ? [one[1], other[1]] : [one[0], other[0]]) as Pair);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

describe.each<[string, (tenantId: string, other: string) => Promise<unknown>]>([
  ["a request's item", (tenantId, requestId) => requests.get({ tenantId, requestId })],
  ["a request's updates", (tenantId, requestId) => updates.listAfter({ tenantId, requestId }, 0, 1)],
  ["a request's subscriptions", (tenantId, requestId) => subscriptions.listByRequest({ tenantId, requestId })],
  ["a user's topic of own requests", (tenantId, userId) => topics.listByTopic({ tenantId, key: topicKey(REQUESTS_TOPIC, userId) })],
  ["a user's requests", (tenantId, userId) => requests.listByUser(tenantId, userId)],
  ["a user's connections", (tenantId, userId) => connections.listByUser(tenantId, userId)],
])("%s", (_, ask) => {
  it("two different pairs of ids never share a key, whatever characters they hold", async () => {
    await fc.assert(
      fc.asyncProperty(twoPairs, async ([one, other]) => {
        expect(await keyOf(() => ask(...one))).not.toBe(await keyOf(() => ask(...other)));
      }),
      { numRuns: 300 },
    );
  });
});

it("a tenant's lists never share a key with another's", async () => {
  await fc.assert(
    fc.asyncProperty(twoIds, async ([one, other]) => {
      expect(await keyOf(() => requests.listByTenant(one))).not.toBe(await keyOf(() => requests.listByTenant(other)));
      expect(await keyOf(() => connections.listByTenant(one))).not.toBe(await keyOf(() => connections.listByTenant(other)));
    }),
  );
});

/** Any name of a topic, and such as look like what keys are made of. */
const topicName = fc.oneof(
  fc.constantFrom(
    REQUESTS_TOPIC,
    TENANT_REQUESTS_TOPIC,
    `${REQUESTS_TOPIC}/ada`,
    `${REQUESTS_TOPIC}:ada`,
    "topic",
    "topic/topic",
    "connection",
  ),
  fc.stringMatching(TOPIC_PATTERN),
);
const topicOf = fc.record({ tenantId: id, name: topicName, userId: id });
type TopicOf = { readonly tenantId: string; readonly name: string; readonly userId: string };
const sameTopic = (one: TopicOf, other: TopicOf): boolean =>
  one.tenantId === other.tenantId && one.name === other.name && (one.name !== REQUESTS_TOPIC || one.userId === other.userId);

it("two topics share a key only when they are one: same tenant, same name, and of one's own requests same user", async () => {
  const oftenNear = fc.tuple(topicOf, topicOf, fc.nat(7)).map(([one, other, alike]): readonly [TopicOf, TopicOf] => [
    one,
    {
      tenantId: alike & 1 ? one.tenantId : other.tenantId,
      name: alike & 2 ? one.name : other.name,
      userId: alike & 4 ? one.userId : other.userId,
    },
  ]);
  const key = ({ tenantId, name, userId }: TopicOf) => keyOf(() => topics.listByTopic({ tenantId, key: topicKey(name, userId) }));
  await fc.assert(
    fc.asyncProperty(oftenNear, async ([one, other]) => {
      expect((await key(one)) === (await key(other))).toBe(sameTopic(one, other));
    }),
    { numRuns: 500 },
  );
});

it("a topic's name comes back from its key", () => {
  fc.assert(
    fc.property(topicOf, ({ name, userId }) => {
      expect(topicOfKey(topicKey(name, userId))).toBe(name);
    }),
  );
});

it("items of batches never share a key with each other, or with another request", async () => {
  const ids = ["b1", "b1.1", "b1.11", "b1.111", "b11.1", "b1-1", "b1_1", "1.1", "1.11", "11.1"];
  const keys = new Set<string>();
  for (const requestId of ids) keys.add(await keyOf(() => requests.get({ tenantId: "acme", requestId })));
  for (const requestId of ids) keys.add(await keyOf(() => requests.get({ tenantId: "acme.1", requestId })));
  expect(keys.size).toBe(2 * ids.length);
  const batch = Array.from({ length: 1_000 }, (_, n) => `b1.${n}`);
  expect(new Set(batch.map((requestId) => requestPartition({ tenantId: "acme", requestId }))).size).toBe(1_000);
});

it("the items of one batch are spread over all partitions of the work index", () => {
  const shards = new Set(Array.from({ length: 1_000 }, (_, n) => workShard(`b1.${n}`)));
  expect(shards.size).toBe(WORK_SHARDS);
});

it("an id comes back from its key as it was, and never holds a # in it", () => {
  fc.assert(
    fc.property(id, (text) => {
      expect(encodeKeyPart(text)).not.toContain("#");
      expect(decodeKeyPart(encodeKeyPart(text))).toBe(text);
    }),
  );
});

it("tenant acme reads nothing of tenant Acme", async () => {
  const table = await createTestTable();
  const clock = createFakeClock();
  const store = createRequestStore(table, clock);
  const log = createUpdateStore(table);
  const watchers = createSubscriptionStore(table);
  const request = sampleRequest({ tenantId: "Acme", userId: "Ann" });
  await store.create(request);
  await log.put(request, { type: "chunk", request_id: request.requestId, sequence: 1, previous: 0, attempt: 1, data: [1] }, 2_000_000_000);
  await watchers.put(request, "c1", 2_000_000_000);

  const foreign = { tenantId: "acme", requestId: request.requestId };
  expect(await store.get(foreign)).toBeUndefined();
  expect(await store.cancel(foreign, undefined)).toEqual({ done: false, request: undefined });
  expect(await log.listAfter(foreign, 0, 10)).toEqual([]);
  expect(await watchers.listByRequest(foreign)).toEqual([]);
  expect((await store.listByTenant("acme")).items).toEqual([]);
  expect((await store.listByUser("Acme", "ann")).items).toEqual([]);
  expect((await store.listByUser("Acme", "Ann")).items).toHaveLength(1);
});

it("request ids that differ by case only are two requests", async () => {
  const store = createRequestStore(await createTestTable(), createFakeClock());
  expect(await store.create(sampleRequest({ requestId: "Id" }))).toMatchObject({ created: true });
  expect(await store.create(sampleRequest({ requestId: "id" }))).toMatchObject({ created: true });
});

it("ids that differ in their last character only are spread over all partitions of the work index", () => {
  const counts = new Map<number, number>();
  for (let index = 0; index < 10_000; index += 1) {
    const shard = workShard(`01HZX3V9Q8N7M6K5J4H3${index}`);
    counts.set(shard, (counts.get(shard) ?? 0) + 1);
  }
  expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual(Array.from({ length: WORK_SHARDS }, (_, shard) => shard));
  for (const count of counts.values()) expect(count).toBeGreaterThan(500);
});
