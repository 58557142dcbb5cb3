import { beforeEach, describe, expect, test } from "vitest";
import { createConnectionStore } from "../table/connectionStore.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { TableError } from "../table/errors.ts";
import { WORK_SHARDS, workShard } from "../table/keys.ts";
import type { RequestStore } from "../table/requestVerbs.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import { createSweeperHarness, LEASE_MS } from "../testing/sweeperHarness.ts";
import type { SweeperHarness } from "../testing/sweeperHarness.ts";
import { createTestTable } from "../testing/testTable.ts";
import { MIN_REMAINING_MS } from "./createSweeper.ts";

const MINUTE_MS = 60_000;

let table: TableConfig;
let world: SweeperHarness;
beforeEach(async () => {
  table = await createTestTable();
  // No deployment is under way.
  world = createSweeperHarness(table, { config: { unknownActionGraceMs: 0 } });
});

const backlog = (count: number): Promise<readonly StoredRequest[]> => Promise.all(Array.from({ length: count }, () => world.submit()));
const idsOf = (requests: readonly StoredRequest[]): string[] => requests.map(({ requestId }) => requestId).toSorted();
/** A sweeper on the same table, at the same time, with some verbs of the store replaced. */
const another = (verbs: (store: RequestStore) => Partial<RequestStore> = () => ({})): SweeperHarness =>
  createSweeperHarness(table, { deps: () => ({ clock: world.clock, requests: { ...world.requests, ...verbs(world.requests) } }) });
const unavailable = () => new TableError("request.dispatch", new Error("throttled"));

describe("two sweepers at a time", () => {
  test("send each event once", async () => {
    const requests = await backlog(40);
    await world.clock.advance(MINUTE_MS);
    const other = another();
    const [one, two] = await Promise.all([world.sweep(), other.sweep()]);
    expect(idsOf([...world.sent, ...other.sent])).toEqual(idsOf(requests));
    expect(one.dispatched + two.dispatched).toBe(40);
    expect(one.failures + two.failures).toBe(0);
    expect(new Set((await Promise.all(requests.map((request) => world.stored(request)))).map(({ dispatches }) => dispatches))).toEqual(
      new Set([1]),
    );
  });

  test("give each lost worker's request one retry, and tell its watchers once", async () => {
    const requests = await Promise.all(Array.from({ length: 20 }, () => world.running()));
    await world.clock.advance(LEASE_MS);
    const other = another();
    const [one, two] = await Promise.all([world.sweep(), other.sweep()]);
    expect(one.recovered + two.recovered).toBe(20);
    for (const request of requests) expect([...world.received(request), ...other.received(request)]).toHaveLength(1);
  });

  test("that read the same page: the second's writes all lose, and it sends and tells nothing", async () => {
    const waiting = await backlog(3);
    const lost = await world.running(3);
    await world.clock.advance(LEASE_MS);
    const late = another((store) => ({
      async listDue(...args) {
        const page = await store.listDue(...args);
        // All of it happens between the second's read and its writes.
        if (page.items.length > 0) await world.sweep();
        return page;
      },
    }));
    const counts = await late.sweep();
    expect(counts).toMatchObject({ dispatched: 0, abandoned: 0, failures: 0 });
    expect(counts.overtaken).toBeGreaterThan(0);
    expect(late.sent).toEqual([]);
    expect(idsOf(world.sent)).toEqual(idsOf(waiting));
    expect(world.received(lost)).toHaveLength(1);
    expect(late.received(lost)).toEqual([]);
  });
});

describe("what fails", () => {
  test("one request does not stop the others, and has its turn at the next sweep", async () => {
    const requests = await backlog(10);
    const [unlucky] = requests;
    await world.clock.advance(MINUTE_MS);
    const failing = another((store) => ({
      dispatch: (request, dueAt) =>
        request.requestId === unlucky?.requestId ? Promise.reject(unavailable()) : store.dispatch(request, dueAt),
    }));
    expect(await failing.sweep()).toMatchObject({ due: 10, dispatched: 9, failures: 1 });
    expect(failing.log.entries("A request could not be seen to; the next sweep tries again.")).toMatchObject([
      { request_id: unlucky?.requestId, step: "dispatch" },
    ]);
    await world.sweep();
    expect(idsOf(world.sent)).toEqual([unlucky?.requestId]);
  });

  test("events that the bus refuses are logged and counted, and sent again when their request is due again", async () => {
    const [refused, taken] = await backlog(2);
    let refusing = true;
    const one = createSweeperHarness(table, {
      refuse: (request) => (refusing && request.requestId === refused?.requestId ? "ThrottlingException" : undefined),
      deps: () => ({ clock: world.clock }),
    });
    await world.clock.advance(MINUTE_MS);
    expect(await one.sweep()).toMatchObject({ dispatched: 2, failures: 1 });
    expect(idsOf(one.sent)).toEqual([taken?.requestId]);
    expect(one.log.lines.join()).toContain("ThrottlingException");
    refusing = false;
    await world.clock.advance(MINUTE_MS);
    await one.sweep();
    expect(one.sent.map(({ requestId }) => requestId)).toContain(refused?.requestId);
  });

  test("a partition that cannot be read does not stop the others; then the run fails, so that the function's errors show it", async () => {
    const requests = await backlog(30);
    const broken = workShard(requests[0]?.requestId ?? "");
    await world.clock.advance(MINUTE_MS);
    const half = another((store) => ({
      listDue: (shard, ...args) => (shard === broken ? Promise.reject(unavailable()) : store.listDue(shard, ...args)),
    }));
    await expect(half.sweep()).rejects.toThrow(`1 of ${WORK_SHARDS} partitions of open work could not be read.`);
    expect(idsOf(half.sent)).toEqual(idsOf(requests.filter(({ requestId }) => workShard(requestId) !== broken)));
    expect(half.metrics).toContainEqual(["SweepFailures", 1]);
  });

  test("a watcher who is gone does not keep its request from being seen to", async () => {
    const request = await world.running();
    world.api.answer(request.connectionId, 410);
    await world.clock.advance(LEASE_MS);
    expect(await world.sweep()).toMatchObject({ recovered: 1, failures: 0 });
    expect(idsOf(world.sent)).toEqual([request.requestId]);
  });
});

describe("the function's time", () => {
  test("with too little left nothing is begun, and the log says so", async () => {
    await backlog(3);
    await world.clock.advance(MINUTE_MS);
    expect(await world.sweep(() => MIN_REMAINING_MS - 1)).toMatchObject({ due: 0, complete: false });
    expect(world.sent).toEqual([]);
    expect(world.log.entries("The function's time ran short; the next sweep goes on.")).toHaveLength(1);
  });

  test("that runs short between requests: those that were begun are finished with their events, the others wait for the next sweep", async () => {
    const requests = await backlog(60);
    await world.clock.advance(MINUTE_MS);
    let asked = 0;
    const counts = await world.sweep(() => ((asked += 1) <= 30 ? MINUTE_MS : 0));
    expect(counts.complete).toBe(false);
    expect(counts.dispatched).toBeGreaterThan(0);
    expect(counts.dispatched).toBeLessThan(30);
    expect(world.sent).toHaveLength(counts.dispatched);
    await world.sweep();
    expect(idsOf(world.sent)).toEqual(idsOf(requests));
  });

  test("is given to another partition first each minute, so that none waits forever", async () => {
    const first = new Set<number>();
    const watched = another((store) => ({
      listDue(shard, ...args) {
        first.add(shard);
        return store.listDue(shard, ...args);
      },
    }));
    for (let minute = 0; minute < WORK_SHARDS; minute += 1) {
      let asked = 0;
      await watched.sweep(() => ((asked += 1) <= 1 ? MINUTE_MS : 0));
      await world.clock.advance(MINUTE_MS);
    }
    expect(first.size).toBe(WORK_SHARDS);
  });
});

test("more than a page of one partition is seen to in one sweep, some at a time", async () => {
  const ids = Array.from({ length: 2_000 }, (_, index) => `r${index}`).filter((id) => workShard(id) === 4);
  const some = ids.slice(0, 130);
  await Promise.all(some.map((requestId) => world.submit({ requestId })));
  await world.clock.advance(MINUTE_MS);
  let underWay = 0;
  let most = 0;
  const watched = another((store) => ({
    async dispatch(...args) {
      most = Math.max(most, (underWay += 1));
      const result = await store.dispatch(...args);
      underWay -= 1;
      return result;
    },
  }));
  expect(await watched.sweep()).toMatchObject({ due: 130, dispatched: 130, complete: true });
  expect(idsOf(watched.sent)).toEqual(some.toSorted());
  expect(most).toBe(25);
}, 30_000);

test("what is posted to a watcher is counted on its connection's record", async () => {
  const connections = createConnectionStore(table, world.clock);
  const connectionId = "watcher";
  await connections.save({
    connectionId,
    tenantId: "Acme",
    userId: "u1",
    permissions: [],
    endpoint: "api.example/live",
    tokenExpiresAt: 2_000_000_000,
    userAgent: undefined,
    ipAddress: undefined,
  });
  for (let index = 0; index < 3; index += 1) await world.running(1, { connectionId });
  const before = (await connections.get(connectionId))?.messagesSent ?? 0;
  await world.clock.advance(LEASE_MS);
  await world.sweep();
  expect((await connections.get(connectionId))?.messagesSent).toBe(before + 3);
});

describe("the metrics", () => {
  test("say what a sweep found and did", async () => {
    await world.running(3);
    await world.running(1);
    await world.submit({ action: "removed_action" });
    await world.clock.advance(LEASE_MS / 2);
    const waiting = await world.submit();
    await world.clock.advance(LEASE_MS);
    await world.sweep();
    expect(idsOf(world.sent)).toContain(waiting.requestId);
    expect(Object.fromEntries(world.metrics)).toEqual({
      SweepDue: 4,
      OldestOpenRequest: 90,
      ActiveConnections: 0,
      SweepDispatched: 1,
      SweepRecovered: 1,
      SweepAbandoned: 1,
      SweepExpired: 1,
    });
  });

  test("say of a sweep without work that it was, and no more", async () => {
    await world.sweep();
    expect(world.metrics).toEqual([
      ["SweepDue", 0],
      ["OldestOpenRequest", 0],
      ["ActiveConnections", 0],
    ]);
  });

  test("say nothing of open connections that cannot be counted; the sweep goes on, and the log says so", async () => {
    const connections = createConnectionStore(table, world.clock);
    const failing = { ...connections, countActive: () => Promise.reject(new Error("throttled")) };
    const one = createSweeperHarness(table, { deps: () => ({ connections: failing }) });
    expect(await one.sweep()).toMatchObject({ failures: 0, complete: true, activeConnections: undefined });
    expect(one.metrics.map(([name]) => name)).not.toContain("ActiveConnections");
    expect(one.log.entries("Open connections could not be counted; the next sweep tries again.")).toMatchObject([{ level: "WARN" }]);
  });

  test("that cannot be published fail nothing", async () => {
    const one = createSweeperHarness(table, { deps: () => ({ publishMetrics: () => Promise.reject(new Error("full")) }) });
    expect(await one.sweep()).toMatchObject({ failures: 0, complete: true });
  });
});

test("the log names requests, and holds nothing of their payloads, metadata or results", async () => {
  const secret = { payload: '{"card":"SECRET"}', metadata: { note: "SECRET" } };
  await world.submit({ ...secret, action: "removed_action" });
  await world.running(1, secret);
  await world.running(3, secret);
  await world.clock.advance(LEASE_MS);
  await world.sweep();
  expect(world.log.entries("The sweeper saw to a request.")).toHaveLength(3);
  expect(world.log.lines.join()).not.toContain("SECRET");
});
