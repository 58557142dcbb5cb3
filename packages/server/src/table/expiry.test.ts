import { REQUEST_TTL_SECONDS } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { createRawTable } from "../testing/rawTable.ts";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "./entities/model.ts";
import { workShard } from "./keys.ts";
import { createRequestStore } from "./requestStore.ts";
import type { RequestStore } from "./requestVerbs.ts";

const BIG = JSON.stringify("x".repeat(5_000));
const TTL_MS = REQUEST_TTL_SECONDS * 1000;
let config: TableConfig;
let clock: FakeClock;
let store: RequestStore;
beforeEach(async () => {
  config = await createTestTable();
  clock = createFakeClock();
  store = createRequestStore(config, clock);
});

it("a request lives a week from its acceptance, and so does its payload", async () => {
  const { request } = await store.create(sampleRequest({ payload: BIG }));
  const items = await createRawTable(config).request(request);
  const end = { N: String(clock.now() / 1000 + REQUEST_TTL_SECONDS) };
  expect([items["request"]?.["expires_at"], items["payload"]?.["expires_at"]]).toEqual([end, end]);
  expect(request.expiresAt).toBe(clock.now() / 1000 + REQUEST_TTL_SECONDS);
});

it("a result never ends before its request", async () => {
  const { request } = await store.create(sampleRequest());
  await clock.advance(60_000);
  await store.claim(request, 60_000);
  await store.complete(request, 1, { body: BIG, files: {} }, undefined);
  const items = await createRawTable(config).request(request);
  expect(Number(items["result"]?.["expires_at"]?.N)).toBeGreaterThanOrEqual(Number(items["request"]?.["expires_at"]?.N));
});

describe("an expired request that DynamoDB has not deleted yet", () => {
  it("is not read any more", async () => {
    const request = sampleRequest();
    await store.create(request);
    await clock.advance(TTL_MS - 1);
    expect(await store.get(request)).toBeDefined();
    await clock.advance(1);
    expect(await store.get(request)).toBeUndefined();
    expect(await store.getConsistent(request)).toBeUndefined();
  });

  it("is not listed any more", async () => {
    const request = sampleRequest();
    await store.create(request);
    await clock.advance(TTL_MS);
    expect((await store.listByUser(request.tenantId, request.userId)).items).toEqual([]);
    expect((await store.listByTenant(request.tenantId)).items).toEqual([]);
    expect((await store.listByConnection(request.connectionId)).items).toEqual([]);
    expect((await store.listOpen(workShard(request.requestId))).items).toEqual([]);
  });
});
