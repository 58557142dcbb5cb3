import { beforeEach, describe, expect, test } from "vitest";
import type { TableConfig } from "../table/entities/model.ts";
import { DISPATCH_GRACE_MS } from "../table/requestTable.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import { createSweeperHarness, LEASE_MS } from "../testing/sweeperHarness.ts";
import type { SweeperHarness } from "../testing/sweeperHarness.ts";
import { createTestTable } from "../testing/testTable.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let table: TableConfig;
const GRACE_MS = 15 * 60_000;
let world: SweeperHarness;
beforeEach(async () => {
  table = await createTestTable();
  world = createSweeperHarness(table);
});

/** Sweeps each minute, for so many; gives the minutes at which events were sent, and how many. */
async function minutes(count: number): Promise<ReadonlyMap<number, number>> {
  const { clock, sent: events } = world;
  const sent = new Map<number, number>();
  for (let minute = 1; minute <= count; minute += 1) {
    await clock.advance(MINUTE_MS);
    const before = events.length;
    await world.sweep();
    if (events.length > before) sent.set(minute, events.length - before);
  }
  return sent;
}

describe("a request that nobody started", () => {
  test("is left alone within its grace", async () => {
    await world.submit();
    await world.clock.advance(DISPATCH_GRACE_MS - 1);
    expect(await world.sweep()).toMatchObject({ due: 0 });
    expect(world.sent).toEqual([]);
  });

  test("has its event sent again after 1, 2, 4, 8 … minutes, and then once an hour", async () => {
    const request = await world.submit();
    expect([...(await minutes(130)).keys()]).toEqual([1, 2, 4, 8, 16, 32, 64, 124]);
    expect(await world.stored(request)).toMatchObject({ status: "pending", attempt: 0, dispatches: 8 });
    expect(world.received(request)).toEqual([]);
  }, 30_000);

  test("among 100 of a backlog, is not sent again every minute: each once at minutes 1, 2, 4, 8, 16 and 32 of an hour", async () => {
    const backlog = await Promise.all(Array.from({ length: 100 }, () => world.submit()));
    const ids = new Set(backlog.map(({ requestId }) => requestId));
    expect(Object.fromEntries(await minutes(60))).toEqual({ 1: 100, 2: 100, 4: 100, 8: 100, 16: 100, 32: 100 });
    const timesSent = Map.groupBy(world.sent, ({ requestId }) => requestId);
    expect(new Set(timesSent.keys())).toEqual(ids);
    expect(new Set([...timesSent.values()].map((events) => events.length))).toEqual(new Set([6]));
  }, 30_000);

  test("fails with EXPIRED when it has waited for more than a day", async () => {
    const request = await world.submit();
    const day = 24 * 60;
    const sweeps = 24 + 6;
    for (let hour = 0; hour < sweeps && (await world.stored(request)).status === "pending"; hour += 1) {
      await world.clock.advance(HOUR_MS);
      await world.sweep();
    }
    const { status, error, endedAt = 0, createdAt } = await world.stored(request);
    expect({ status, error }).toEqual({ status: "failed", error: { code: "EXPIRED" } });
    expect((endedAt - createdAt) / MINUTE_MS).toBeGreaterThan(day);
    expect((endedAt - createdAt) / MINUTE_MS).toBeLessThanOrEqual(day + 60);
    expect(world.received(request)).toMatchObject([{ type: "error", error: { code: "EXPIRED" }, final: true }]);
  });

  test("has as long as it is given, and not a moment less", async () => {
    const short = createSweeperHarness(table, { config: { maxWaitMs: 5 * MINUTE_MS } });
    const request = await short.submit();
    await short.clock.advance(5 * MINUTE_MS);
    expect(await short.sweep()).toMatchObject({ dispatched: 1, expired: 0 });
    await short.clock.advance(MINUTE_MS);
    expect(await short.sweep()).toMatchObject({ dispatched: 0, expired: 1 });
    expect((await short.stored(request)).failureReason).toContain("300000 ms");
  });

  test("fails with INVALID_ACTION when its action was removed", async () => {
    const request = await world.submit({ action: "removed_action" });
    await world.clock.advance(GRACE_MS);
    expect(await world.sweep()).toMatchObject({ expired: 1, dispatched: 0 });
    expect(await world.stored(request)).toMatchObject({
      status: "failed",
      error: { code: "INVALID_ACTION" },
      failureReason: expect.stringContaining("removed_action") as string,
    });
    expect(world.sent).toEqual([]);
    expect(world.received(request)).toMatchObject([{ type: "error", error: { code: "INVALID_ACTION" }, final: true }]);
  });
});

test("a request of an action that the sweeper does not know yet waits for the deployment's end", async () => {
  const request = await world.submit({ action: "new_action" });
  await world.clock.advance(MINUTE_MS);
  expect(await world.sweep()).toMatchObject({ expired: 0, dispatched: 1 });
  expect(await world.stored(request)).toMatchObject({ status: "pending" });
});

describe("a request that waits for its next attempt", () => {
  const retrying = async (delayMs: number) => {
    const request = await world.running();
    const at = world.clock.now() + delayMs;
    await world.requests.retry(request, 1, { at }, undefined);
    return { request, at };
  };

  test("has its event sent again when it is overdue, and not before", async () => {
    const { request } = await retrying(10 * MINUTE_MS);
    expect([...(await minutes(14)).keys()]).toEqual([11, 12, 14]);
    expect(await world.stored(request)).toMatchObject({ status: "retrying", dispatches: 3 });
  });

  test("is not expired for a delay that its action asked for, however long", async () => {
    const { request } = await retrying(30 * HOUR_MS);
    await world.clock.advance(30 * HOUR_MS + DISPATCH_GRACE_MS);
    expect(await world.sweep()).toMatchObject({ dispatched: 1, expired: 0 });
    expect(await world.stored(request)).toMatchObject({ status: "retrying" });
  });

  test("fails with EXPIRED when nobody started it for a day since its time came", async () => {
    const { request } = await retrying(10_000);
    await world.clock.advance(24 * HOUR_MS + 10_001);
    expect(await world.sweep()).toMatchObject({ expired: 1 });
    expect(await world.stored(request)).toMatchObject({ status: "failed", error: { code: "EXPIRED" }, retryAt: undefined });
  });

  test("fails when its action was removed", async () => {
    const request = await world.running(1, { action: "removed_action" });
    await world.requests.retry(request, 1, { at: world.clock.now() }, undefined);
    await world.clock.advance(GRACE_MS);
    expect(await world.sweep()).toMatchObject({ expired: 1 });
    expect(await world.stored(request)).toMatchObject({ error: { code: "INVALID_ACTION" } });
  });
});

test("a request that was started or has ended since it was listed is left alone", async () => {
  const [started, cancelled] = [await world.submit(), await world.submit()];
  await world.clock.advance(MINUTE_MS);
  const behind = createSweeperHarness(table, {
    deps: () => ({
      clock: world.clock,
      requests: {
        ...world.requests,
        async listDue(...args) {
          const page = await world.requests.listDue(...args);
          const listed = (one: StoredRequest) => page.items.some(({ requestId }) => requestId === one.requestId);
          if (listed(started)) await world.requests.claim(started, LEASE_MS);
          if (listed(cancelled)) await world.requests.cancel(cancelled, undefined);
          return page;
        },
      },
    }),
  });
  expect(await behind.sweep()).toMatchObject({ dispatched: 0, overtaken: 2, failures: 0 });
  expect(behind.sent).toEqual([]);
});
