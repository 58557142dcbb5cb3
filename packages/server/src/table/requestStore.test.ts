import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, expect, it } from "vitest";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "./entities/model.ts";
import { createRequestStore } from "./requestStore.ts";

let config: TableConfig;
beforeAll(async () => {
  config = await createTestTable();
});

it("a created request waits as pending and reads back whole", async () => {
  const clock = createFakeClock();
  const store = createRequestStore(config, clock);
  const request = sampleRequest();
  const created = await store.create(request);
  expect(created).toMatchObject({ created: true, request: { status: "pending", attempt: 0, tenantId: "Acme", userId: "auth0|u#1" } });
  expect(await store.get(request)).toEqual(created.request);
  expect(await store.payloadOf(created.request)).toBe('{"a":1}');
});

it("a second create under the same id changes nothing and gives the first", async () => {
  const store = createRequestStore(config, createFakeClock());
  const first = sampleRequest();
  await store.create(first);
  const second = await store.create({ ...first, payload: '{"a":2}', payloadHash: "other" });
  expect(second).toMatchObject({ created: false, request: { payloadHash: "hash" } });
});

it.each([
  ["inline", 10],
  ["in an item of its own", 9_000],
])("a payload %s comes back as it was", async (_, length) => {
  const store = createRequestStore(config, createFakeClock());
  const payload = JSON.stringify({ text: "x".repeat(length) });
  const { request } = await store.create(sampleRequest({ payload }));
  expect(await store.payloadOf(request)).toBe(payload);
  const again = await store.create(sampleRequest({ payload, requestId: request.requestId }));
  expect(again.created).toBe(false);
  const stored = await store.get(request);
  expect(stored && (await store.payloadOf(stored))).toBe(payload);
});

it("twenty creates under one id at the same time make one request", async () => {
  const store = createRequestStore(config, createFakeClock());
  const request = sampleRequest();
  const results = await Promise.all(Array.from({ length: 20 }, (_, index) => store.create({ ...request, payloadHash: `hash ${index}` })));
  expect(results.filter(({ created }) => created)).toHaveLength(1);
  expect(new Set(results.map((result) => result.request.payloadHash)).size).toBe(1);
});

it("of two claims at the same time one wins, and the other learns who has it", async () => {
  const clock = createFakeClock();
  const store = createRequestStore(config, clock);
  const request = sampleRequest();
  await store.create(request);
  const claims = await Promise.all([store.claim(request, 60_000), store.claim(request, 60_000)]);
  expect(claims.filter(({ done }) => done)).toHaveLength(1);
  for (const claim of claims) {
    expect(claim.request).toMatchObject({ status: "processing", attempt: 1, startedAt: clock.now(), leaseExpiresAt: clock.now() + 60_000 });
  }
});

it("a claim after the lease's end is a new attempt, and the old one can write no more", async () => {
  const clock = createFakeClock();
  const store = createRequestStore(config, clock);
  const request = sampleRequest();
  await store.create(request);
  await store.claim(request, 60_000);
  await clock.advance(60_000);
  expect(await store.claim(request, 60_000)).toMatchObject({ done: true, request: { attempt: 2 } });
  expect(await store.heartbeat(request, 1, 60_000, undefined)).toMatchObject({ done: false, request: { attempt: 2 } });
  expect(await store.complete(request, 1, { body: "1", files: {} }, undefined)).toMatchObject({ done: false });
  expect(await store.complete(request, 2, { body: "2", files: {} }, undefined)).toMatchObject({ done: true });
  expect(await store.get(request)).toMatchObject({ status: "completed", result: "2" });
});

it("a heartbeat renews the lease, saves the last progress, and tells of a cancellation", async () => {
  const clock = createFakeClock();
  const store = createRequestStore(config, clock);
  const request = sampleRequest();
  await store.create(request);
  await store.claim(request, 60_000);
  await clock.advance(10_000);
  const first = await store.heartbeat(request, 1, 60_000, { percentage: 30, message: "Querying", at: 7 });
  expect(first.request).toMatchObject({
    leaseExpiresAt: clock.now() + 60_000,
    lastProgress: 30,
    lastMessage: "Querying",
    lastUpdate: 7,
    cancelRequestedAt: undefined,
  });
  await store.requestCancel(request, "no need");
  const second = await store.heartbeat(request, 1, 60_000, undefined);
  expect(second.request).toMatchObject({ cancelRequestedAt: clock.now(), cancelReason: "no need", lastProgress: 30 });
});

it("a released lease can be claimed at once", async () => {
  const store = createRequestStore(config, createFakeClock());
  const request = sampleRequest();
  await store.create(request);
  await store.claim(request, 60_000);
  await store.release(request, 1);
  expect(await store.claim(request, 60_000)).toMatchObject({ done: true, request: { attempt: 2 } });
});

it("a failure keeps its code and details, and the last progress", async () => {
  const clock = createFakeClock();
  const store = createRequestStore(config, clock);
  const request = sampleRequest();
  await store.create(request);
  await store.claim(request, 60_000);
  const failure = { code: "VALIDATION_ERROR", details: { issues: [{ path: "a", message: "b" }] } } as const;
  await store.fail(request, 1, failure, { percentage: 60, message: "Rendering", at: 5 });
  expect(await store.get(request)).toMatchObject({
    status: "failed",
    error: failure,
    lastProgress: 60,
    endedAt: clock.now(),
    leaseExpiresAt: undefined,
  });
});

it("a cancelled request keeps the reason that was given", async () => {
  const clock = createFakeClock();
  const store = createRequestStore(config, clock);
  const request = sampleRequest();
  await store.create(request);
  await store.cancel(request, "user pressed stop");
  expect(await store.get(request)).toMatchObject({ status: "cancelled", cancelReason: "user pressed stop", endedAt: clock.now() });
});
