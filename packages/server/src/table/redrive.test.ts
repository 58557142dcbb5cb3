import { REQUEST_TTL_SECONDS } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import { beforeEach, expect, it } from "vitest";
import { createStepStore } from "../processor/stepStore.ts";
import { createRawTable } from "../testing/rawTable.ts";
import type { RawTable } from "../testing/rawTable.ts";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "./entities/model.ts";
import { stepPartition, workShard } from "./keys.ts";
import { createRequestStore } from "./requestStore.ts";
import type { RequestStore } from "./requestVerbs.ts";
import type { StoredRequest } from "./storedRequest.ts";
import { createUpdateStore } from "./updateStore.ts";

const LEASE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

let table: TableConfig;
let raw: RawTable;
let clock: FakeClock;
let store: RequestStore;
beforeEach(async () => {
  table = await createTestTable();
  raw = createRawTable(table);
  clock = createFakeClock();
  store = createRequestStore(table, clock);
});

/** A request whose two attempts failed. */
async function failed(payload = "{}"): Promise<StoredRequest> {
  const { request } = await store.create(sampleRequest({ payload }));
  await store.claim(request, LEASE_MS);
  await store.retry(request, 1, { at: clock.now(), reason: "Error: first" }, { percentage: 30, message: "m", at: clock.now() });
  await store.claim(request, LEASE_MS);
  await store.fail(request, 2, { code: "PROCESSING_FAILED", details: { a: 1 }, reason: "Error: second" }, undefined);
  const stored = await store.getConsistent(request);
  if (stored === undefined) throw new Error("the request is gone");
  return stored;
}

it("a failed request is a dead letter that says why", async () => {
  const request = await failed();
  expect(request).toMatchObject({ error: { code: "PROCESSING_FAILED", details: { a: 1 } }, failureReason: "Error: second", attempt: 2 });
  const { items } = await store.listFailed(workShard(request.requestId));
  expect(items).toEqual([request]);
});

it("a reason is cut to 1,024 characters, and never part of what a client may know", async () => {
  const { request } = await store.create(sampleRequest());
  await store.claim(request, LEASE_MS);
  await store.fail(request, 1, { code: "PROCESSING_FAILED", reason: "x".repeat(5_000) }, undefined);
  const stored = await store.getConsistent(request);
  expect(stored?.failureReason).toHaveLength(1_024);
  expect(stored?.error).toEqual({ code: "PROCESSING_FAILED" });
});

it("a redrive lets it wait anew, with all its attempts and a week to live, and no word of the end", async () => {
  const request = await failed();
  await clock.advance(3 * DAY_MS);
  const redriven = await store.redrive(request);
  const now = clock.now();
  expect(redriven).toMatchObject({
    done: true,
    request: {
      status: "pending",
      attempt: 2,
      uncountedAttempts: 2,
      queuedAt: now,
      createdAt: request.createdAt,
      dispatches: 0,
      expiresAt: Math.floor(now / 1000) + REQUEST_TTL_SECONDS,
      endedAt: undefined,
      error: undefined,
      lastProgress: undefined,
      retryAt: undefined,
      failureReason: "Error: second",
    },
  });
  const shard = workShard(request.requestId);
  expect((await store.listFailed(shard)).items).toEqual([]);
  expect((await store.listOpen(shard)).items.map((item) => item.requestId)).toEqual([request.requestId]);
});

it("a cancelled request can be redriven, and is not cancelled any more", async () => {
  const { request } = await store.create(sampleRequest());
  await store.cancel(request, "no");
  expect(await store.redrive(request)).toMatchObject({
    done: true,
    request: { status: "pending", cancelRequestedAt: undefined, cancelReason: undefined },
  });
});

it("a request that has completed, is open, or does not exist cannot be", async () => {
  const { request } = await store.create(sampleRequest());
  expect(await store.redrive(request)).toMatchObject({ done: false, request: { status: "pending" } });
  await store.claim(request, LEASE_MS);
  expect(await store.redrive(request)).toMatchObject({ done: false, request: { status: "processing" } });
  await store.complete(request, 1, { body: "1", files: {} }, undefined);
  expect(await store.redrive(request)).toMatchObject({ done: false, request: { status: "completed", result: "1" } });
  expect(await store.redrive({ tenantId: "Acme", requestId: "unknown" })).toEqual({ done: false, request: undefined });
});

it("two redrives at the same time are one", async () => {
  const request = await failed();
  const answers = await Promise.all([store.redrive(request), store.redrive(request)]);
  expect(answers.filter(({ done }) => done)).toHaveLength(1);
});

it("its payload, its updates and what it has done once live on with it", async () => {
  const request = await failed(JSON.stringify("x".repeat(9_000)));
  const updates = createUpdateStore(table);
  const steps = createStepStore(table, clock);
  const update = { type: "chunk", request_id: request.requestId, sequence: 1_000_001, previous: 0, attempt: 1, data: [1] } as const;
  await updates.put(request, update, request.expiresAt);
  const step = { ...request, name: "charge", mayRunUntil: clock.now() + 1_000 };
  await steps.runOnce(step, async () => "1", createRecordedLogger().logger);
  await clock.advance(3 * DAY_MS);
  await store.redrive(request);

  const expiresAt = String(Math.floor(clock.now() / 1000) + REQUEST_TTL_SECONDS);
  const parts = await raw.request(request);
  expect(Object.keys(parts)).toHaveLength(3);
  for (const item of [...Object.values(parts), await raw.item(stepPartition(request), "step#charge")]) {
    expect(item?.["expires_at"]?.N).toBe(expiresAt);
  }
});
