import { defineAction } from "@streamer/protocol";
import * as v from "valibot";
import { beforeEach, describe, expect, test } from "vitest";
import type { TableConfig } from "../table/entities/model.ts";
import { DISPATCH_GRACE_MS } from "../table/requestTable.ts";
import { createSweeperHarness, LEASE_MS } from "../testing/sweeperHarness.ts";
import type { SweeperHarness } from "../testing/sweeperHarness.ts";
import { createTestTable } from "../testing/testTable.ts";

const generateReport = defineAction("generate_report", {
  input: v.object({}),
  output: v.unknown(),
  estimatedDuration: "2 minutes",
  retry: { attempts: 3, minDelay: "10 seconds", maxDelay: "1 minute" },
});
const ATTEMPTS = generateReport.retry.attempts;

let table: TableConfig;
let world: SweeperHarness;
beforeEach(async () => {
  table = await createTestTable();
  world = createSweeperHarness(table, { config: { actions: { generateReport } } });
});

/** While an app is deployed, not all of it knows a new action. */
const GRACE_MS = 15 * 60_000;

describe("a request whose worker lives", () => {
  test("is left alone, also when the index says that it is due since it was renewed", async () => {
    const request = await world.running();
    await world.clock.advance(LEASE_MS - 1);
    await world.requests.heartbeat(request, 1, LEASE_MS, undefined);
    await world.clock.advance(1);
    expect(await world.sweep()).toMatchObject({ due: 1, recovered: 0, dispatched: 0, overtaken: 0, oldestAgeMs: LEASE_MS });
    expect(await world.stored(request)).toMatchObject({ status: "processing", attempt: 1 });
    expect(world.sent).toEqual([]);
    expect(world.received(request)).toEqual([]);
  });

  test("is not even looked at within its first lease", async () => {
    await world.running();
    await world.clock.advance(LEASE_MS - 1);
    expect(await world.sweep()).toMatchObject({ due: 0 });
  });
});

describe("a request whose worker was lost", () => {
  test("is tried again after the action's delay, its event is sent, and its watchers are told when", async () => {
    const request = await world.running();
    await world.subscriptions.put(request, "watcher", request.expiresAt);
    await world.clock.advance(LEASE_MS + 400);
    expect(await world.sweep()).toMatchObject({ due: 1, recovered: 1, failures: 0 });
    const retryAt = world.clock.now() + 10_000;
    expect(await world.stored(request)).toMatchObject({
      status: "retrying",
      attempt: 1,
      retryAt,
      dueAt: retryAt + DISPATCH_GRACE_MS,
      leaseExpiresAt: undefined,
      failureReason: expect.stringContaining("attempt 1") as string,
    });
    expect(world.sent.map(({ requestId }) => requestId)).toEqual([request.requestId]);
    const message = { type: "status", request_id: request.requestId, status: "retrying", attempt: 1, retry_at: Math.ceil(retryAt / 1000) };
    expect(world.received(request)).toEqual([message]);
    expect(world.api.received("watcher")).toEqual([{ ...message, correlation_id: request.correlationId }]);
  });

  test("waits longer after each attempt that counts", async () => {
    const request = await world.running(2);
    await world.clock.advance(LEASE_MS);
    await world.sweep();
    expect((await world.stored(request)).retryAt).toBe(world.clock.now() + 20_000);
  });

  test("fails with WORKER_LOST when no attempts are left, and its watchers are told so", async () => {
    const request = await world.running(ATTEMPTS);
    await world.clock.advance(LEASE_MS);
    expect(await world.sweep()).toMatchObject({ abandoned: 1, recovered: 0 });
    expect(await world.stored(request)).toMatchObject({
      status: "failed",
      error: { code: "WORKER_LOST" },
      failureReason: expect.stringContaining(`attempt ${ATTEMPTS}`) as string,
    });
    expect(world.received(request)).toMatchObject([{ type: "error", error: { code: "WORKER_LOST" }, final: true }]);
    expect(world.sent).toEqual([]);
    const dead = await Promise.all(Array.from({ length: 10 }, (_, shard) => world.requests.listFailed(shard)));
    expect(dead.flatMap(({ items }) => items.map(({ requestId }) => requestId))).toEqual([request.requestId]);
  });

  test("has an attempt left when one of them does not count", async () => {
    const request = await world.running(ATTEMPTS - 1);
    await world.requests.retry(request, ATTEMPTS - 1, { at: world.clock.now(), uncounted: true }, undefined);
    await world.requests.claim(request, LEASE_MS);
    await world.clock.advance(LEASE_MS);
    await world.sweep();
    expect(await world.stored(request)).toMatchObject({ status: "retrying", attempt: ATTEMPTS });
  });

  test("is cancelled when its end was asked for, attempts left or not", async () => {
    const requests = [await world.running(), await world.running(ATTEMPTS)];
    for (const request of requests) await world.requests.requestCancel(request, "changed my mind");
    await world.clock.advance(LEASE_MS);
    expect(await world.sweep()).toMatchObject({ stopped: 2 });
    for (const request of requests) {
      expect(await world.stored(request)).toMatchObject({ status: "cancelled" });
      expect(world.received(request)).toEqual([{ type: "cancelled", request_id: request.requestId, reason: "changed my mind" }]);
    }
    expect(world.sent).toEqual([]);
  });

  test("fails with INVALID_ACTION when its action was removed, not in the midst of a deployment", async () => {
    const request = await world.running(1, { action: "removed_action" });
    await world.clock.advance(LEASE_MS + GRACE_MS - 1);
    expect(await world.sweep()).toMatchObject({ abandoned: 0 });
    await world.clock.advance(1);
    expect(await world.sweep()).toMatchObject({ abandoned: 1 });
    expect(await world.stored(request)).toMatchObject({ status: "failed", error: { code: "INVALID_ACTION" } });
    expect(world.received(request)).toMatchObject([{ type: "error", error: { code: "INVALID_ACTION" }, final: true }]);
  });
});

test("a worker that comes back after the sweeper took its request cannot settle it", async () => {
  const request = await world.running();
  await world.clock.advance(LEASE_MS);
  await world.sweep();
  expect(await world.requests.complete(request, 1, { body: "1", files: {} }, undefined)).toMatchObject({ done: false });
  expect(await world.requests.heartbeat(request, 1, LEASE_MS, undefined)).toMatchObject({ done: false });
});

test("a request that its lost worker's successor has claimed meanwhile is not touched", async () => {
  const request = await world.running();
  await world.clock.advance(LEASE_MS);
  const slow = createSweeperHarness(table, {
    config: { actions: { generateReport } },
    deps: () => ({
      clock: world.clock,
      requests: {
        ...world.requests,
        async listDue(...args) {
          const page = await world.requests.listDue(...args);
          if (page.items.length > 0) await world.requests.claim(request, LEASE_MS);
          return page;
        },
      },
    }),
  });
  expect(await slow.sweep()).toMatchObject({ overtaken: 1, recovered: 0 });
  expect(await world.stored(request)).toMatchObject({ status: "processing", attempt: 2 });
  expect(slow.sent).toEqual([]);
  expect(slow.received(request)).toEqual([]);
});
