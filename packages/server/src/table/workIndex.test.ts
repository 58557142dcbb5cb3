import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { createRawTable } from "../testing/rawTable.ts";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "./entities/model.ts";
import { WORK_SHARDS, workPartition, workShard } from "./keys.ts";
import { createRequestStore } from "./requestStore.ts";
import { DISPATCH_GRACE_MS } from "./requestTable.ts";
import type { RequestStore } from "./requestVerbs.ts";
import type { RequestRef } from "./storedRequest.ts";

let config: TableConfig;
let clock: FakeClock;
let store: RequestStore;
beforeEach(async () => {
  config = await createTestTable();
  clock = createFakeClock();
  store = createRequestStore(config, clock);
});

/** Ids that fall into one partition of the index. */
const neighbours = Array.from({ length: 200 }, (_, index) => `r${index}`).filter((id) => workShard(id) === 3);
const [first = "", second = "", third = ""] = neighbours;
const refOf = (requestId: string): RequestRef => ({ tenantId: "Acme", requestId });
const openIds = async (): Promise<string[]> => (await store.listOpen(3)).items.map((item) => item.requestId);
const create = (requestId: string) => store.create(sampleRequest({ requestId }));
const dueAt = async (requestId: string): Promise<number> => {
  const items = await createRawTable(config).request(refOf(requestId));
  return Number(items["request"]?.["due_at"]?.N);
};

describe("an open request", () => {
  it("is listed by when it is due, soonest first", async () => {
    await create(third);
    await clock.advance(1_000);
    await create(first);
    await clock.advance(1_000);
    await create(second);
    // Taken by a worker with a long lease: due last now.
    await store.claim(refOf(third), 10 * 60_000);
    expect(await openIds()).toEqual([first, second, third]);
  });

  it("that waits is due when its grace is over, one that runs when its lease is", async () => {
    await create(first);
    expect(await dueAt(first)).toBe(clock.now() + DISPATCH_GRACE_MS);
    await clock.advance(5_000);
    await store.claim(refOf(first), 42_000);
    expect(await dueAt(first)).toBe(clock.now() + 42_000);
    await store.release(refOf(first), 1);
    expect(await dueAt(first)).toBe(clock.now());
    expect(await openIds()).toEqual([first]);
  });

  it("stays listed, where it was, through heartbeats and a wish to cancel it", async () => {
    await create(first);
    await store.claim(refOf(first), 60_000);
    const due = await dueAt(first);
    await clock.advance(10_000);
    await store.heartbeat(refOf(first), 1, 60_000, { percentage: 1, message: "m", at: 1 });
    await store.requestCancel(refOf(first), undefined);
    expect(await openIds()).toEqual([first]);
    expect(await dueAt(first)).toBe(due);
  });

  it("is listed in its own partition only", async () => {
    await create(first);
    const others = Array.from({ length: WORK_SHARDS }, (_, shard) => shard).filter((shard) => shard !== 3);
    for (const shard of others) expect((await store.listOpen(shard)).items).toEqual([]);
  });

  it("is found page by page", async () => {
    for (const requestId of [first, second, third]) {
      await create(requestId);
      await clock.advance(1);
    }
    const page = await store.listOpen(3, { limit: 2 });
    const next = await store.listOpen(3, { limit: 2, cursor: page.cursor });
    expect([...page.items, ...next.items].map((item) => item.requestId)).toEqual([first, second, third]);
    expect(next.cursor).toBeUndefined();
  });
});

describe("a request that has ended", () => {
  const BIG = JSON.stringify("x".repeat(5_000));
  it.each<[string, (ref: RequestRef) => Promise<unknown>]>([
    ["completed", (ref) => store.complete(ref, 1, { body: "1", files: {} }, undefined)],
    ["completed with a big result", (ref) => store.complete(ref, 1, { body: BIG, files: {} }, undefined)],
    ["stopped", (ref) => store.stop(ref, 1, undefined)],
  ])("%s leaves the index", async (_, settle) => {
    await create(first);
    await store.claim(refOf(first), 60_000);
    await settle(refOf(first));
    expect(await openIds()).toEqual([]);
    const items = await createRawTable(config).request(refOf(first));
    expect(Object.keys(items["request"] ?? {}).filter((name) => /^(gsi4|work$|due_at$|lease)/.test(name))).toEqual([]);
  });

  it("cancelled before it started leaves the index", async () => {
    await create(first);
    await store.cancel(refOf(first), undefined);
    expect(await openIds()).toEqual([]);
    expect(await createRawTable(config).index("gsi4", workPartition("open", 3))).toEqual([]);
  });

  it("failed moves to the partition of the failed, where it can be redriven from", async () => {
    await create(first);
    await store.claim(refOf(first), 60_000);
    await clock.advance(2_000);
    await store.fail(refOf(first), 1, { code: "PROCESSING_FAILED" }, undefined);
    expect(await openIds()).toEqual([]);
    const failed = await createRawTable(config).index("gsi4", workPartition("failed", 3));
    expect(failed.map((item) => item["pk"])).toEqual([{ S: `request#Acme#${first}` }]);
    expect(await dueAt(first)).toBe(clock.now());
  });
});
