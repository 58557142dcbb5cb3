import type { UpdateMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { beforeAll, expect, it } from "vitest";
import { createRawTable } from "../testing/rawTable.ts";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "./entities/model.ts";
import { createRequestStore } from "./requestStore.ts";
import type { RequestRef } from "./storedRequest.ts";
import { createSubscriptionStore } from "./subscriptionStore.ts";
import { createUpdateStore } from "./updateStore.ts";
import type { UpdateStore } from "./updateStore.ts";

const EXPIRES_AT = 1_800_000_000;
let config: TableConfig;
let store: UpdateStore;
beforeAll(async () => {
  config = await createTestTable();
  store = createUpdateStore(config);
});

const newRef = (): RequestRef => ({ tenantId: "Acme", requestId: crypto.randomUUID() });
const update = (ref: RequestRef, sequence: number): UpdateMessage => ({
  type: "progress",
  request_id: ref.requestId,
  sequence,
  previous: 0,
  attempt: Math.floor(sequence / 1_000_000),
  percentage: 12.5,
  message: "Queried 4650 records",
  metadata: { stage: "query", nested: { depth: [1, null] } },
  timestamp: 1_711_929_600,
});

it("updates come back as they were put, in the order of their numbers, over attempts too", async () => {
  const ref = newRef();
  const sequences = [1_000_001, 1_000_002, 1_000_010, 2_000_001, 10_000_001];
  for (const sequence of sequences.toReversed()) await store.put(ref, update(ref, sequence), EXPIRES_AT);
  expect(await store.listAfter(ref, 0, 10)).toEqual(sequences.map((sequence) => update(ref, sequence)));
});

it("a chunk comes back as it was put", async () => {
  const ref = newRef();
  const chunk: UpdateMessage = { type: "chunk", request_id: ref.requestId, sequence: 1, previous: 0, attempt: 1, data: [{ text: "é" }] };
  await store.put(ref, chunk, EXPIRES_AT);
  expect(await store.listAfter(ref, 0, 10)).toEqual([chunk]);
});

it("the log is read from after a number, up to a limit", async () => {
  const ref = newRef();
  for (const sequence of [1_000_001, 1_000_002, 1_000_003, 1_000_004]) await store.put(ref, update(ref, sequence), EXPIRES_AT);
  const read = async (after: number, limit: number) => (await store.listAfter(ref, after, limit)).map(({ sequence }) => sequence);
  expect(await read(1_000_001, 2)).toEqual([1_000_002, 1_000_003]);
  expect(await read(1_000_004, 2)).toEqual([]);
  // A number that was never given out, in between or beyond.
  expect(await read(999_999, 1)).toEqual([1_000_001]);
  expect(await read(2_000_000, 1)).toEqual([]);
});

it("the last number is the highest, 0 when there is none", async () => {
  const ref = newRef();
  expect(await store.lastSequence(ref)).toBe(0);
  await store.put(ref, update(ref, 2_000_001), EXPIRES_AT);
  await store.put(ref, update(ref, 1_000_009), EXPIRES_AT);
  expect(await store.lastSequence(ref)).toBe(2_000_001);
});

it("the log holds updates only, though the request and its watchers share its partition", async () => {
  const request = sampleRequest({ payload: JSON.stringify("x".repeat(5_000)) });
  await createRequestStore(config, createFakeClock()).create(request);
  await createSubscriptionStore(config).put(request, "zz", EXPIRES_AT);
  expect(await store.lastSequence(request)).toBe(0);
  expect(await store.listAfter(request, 0, 10)).toEqual([]);
  await store.put(request, update(request, 1_000_001), EXPIRES_AT);
  expect(await store.listAfter(request, 0, 10)).toHaveLength(1);
  expect(await store.lastSequence(request)).toBe(1_000_001);
});

it("an update ends with its request: same TTL", async () => {
  const ref = newRef();
  await store.put(ref, update(ref, 1_000_001), EXPIRES_AT);
  const items = await createRawTable(config).request(ref);
  expect(items["update#000001000001"]?.["expires_at"]).toEqual({ N: String(EXPIRES_AT) });
});

it("what another version of the code stored, and this one cannot read, is left out, and the page is full all the same", async () => {
  const ref = newRef();
  const sequences = [1, 2, 3, 4, 5, 6].map((n) => 1_000_000 + n);
  for (const sequence of sequences) await store.put(ref, update(ref, sequence), EXPIRES_AT);
  const items = await createRawTable(config).request(ref);
  const foreign = ['{"type":"artifact","request_id":"r","sequence":1000002}', '{"type":"progress"}', "no JSON"];
  for (const [index, body] of foreign.entries()) {
    const item = items[`update#00000100000${index + 2}`];
    await config.client.send(new PutItemCommand({ TableName: config.tableName, Item: { ...item, body: { S: body } } }));
  }
  const read = async (after: number, limit: number) => (await store.listAfter(ref, after, limit)).map(({ sequence }) => sequence);
  expect(await read(0, 2)).toEqual([1_000_001, 1_000_005]);
  expect(await read(0, 10)).toEqual([1_000_001, 1_000_005, 1_000_006]);
  expect(await read(1_000_001, 1)).toEqual([1_000_005]);
  expect(await store.lastSequence(ref)).toBe(1_000_006);
});
