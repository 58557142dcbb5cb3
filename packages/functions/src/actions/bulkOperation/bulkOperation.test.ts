import { parse, ValidationError } from "@streamer/protocol";
import type { InputOf } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { encodeKeyPart, TableError } from "@streamer/server";
import type { ProcessorContext } from "@streamer/server";
import * as v from "valibot";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startTestTable } from "../testing/dynoxideTable.ts";
import type { TestTable } from "../testing/dynoxideTable.ts";
import { recordContext } from "../testing/processorContext.ts";
import { bulkOperation } from "./action.ts";
import { createBulkOperation } from "./bulkOperation.ts";
import { createCheckpointStore } from "./checkpointStore.ts";
import { createBulkItemEntity } from "./entities.ts";
import { invalidExamples, validExamples } from "./examples.ts";
import { createItemStore } from "./itemStore.ts";
import { ITEM_TTL_SECONDS, MAX_REPORTED_FAILURES, MAX_ROUNDS } from "./limits.ts";
import { throttleBatches } from "./testing/throttledTable.ts";
import type { LeaveOut } from "./testing/throttledTable.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTestTable();
});
afterAll(() => table.close());

type Overrides = Partial<ProcessorContext<typeof bulkOperation>>;

const progressSchema = v.strictObject({ written: v.number(), failed: v.number(), batch: v.number(), batches: v.number() });
const clock = createFakeClock();
let tenants = 0;
/** Of nobody else: the table is shared by the tests. */
const newTenant = (): string => `Tenant ${(tenants += 1)}#a`;
const items = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ id: `i${from + index}`, data: { n: from + index } }));

async function start(payload: InputOf<typeof bulkOperation>, overrides: Overrides = {}) {
  const recorded = await recordContext(bulkOperation, payload, { tenantId: newTenant(), ...overrides });
  const work = createBulkOperation({
    items: createItemStore(table, { clock, random: () => 0 }),
    checkpoints: createCheckpointStore(table, clock),
  });
  return { ...recorded, tenantId: recorded.context.tenantId, result: work(recorded.context) };
}

async function stored(tenantId: string, ids: readonly string[], collection = "items"): Promise<Map<string, unknown>> {
  const keys = ids.map((id) => ({ tenant_id: encodeKeyPart(tenantId), collection, item_id: id }));
  const { data } = await createBulkItemEntity(table).get(keys).go({ consistent: true });
  return new Map(data.map(({ item_id, data: text }) => [item_id, JSON.parse(text) as unknown]));
}

function throttle(leaveOut: LeaveOut) {
  const throttled = throttleBatches(table.client, table.tableName, leaveOut);
  onTestFinished(() => throttled.calm());
  return throttled;
}

/** Lets the pauses of throttled batches pass. */
async function ended<Result>(result: Promise<Result>): Promise<Result> {
  let done = false;
  const settled = result.finally(() => (done = true));
  settled.catch(() => undefined);
  while (!done) {
    await clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return settled;
}

test.each(validExamples)("$title: the example works", async ({ payload }) => {
  const { result } = await start(payload);
  const { total, written, failed } = await result;
  expect(total).toBe(payload.items.length);
  expect(written + failed).toBe(total);
  expect(written).toBeGreaterThan(0);
});

test.each(invalidExamples)("$title: the example is refused as it says", async ({ payload, code, issue }) => {
  const error: unknown = await parse(bulkOperation.input, payload).catch((refused: unknown) => refused);
  expect(error).toBeInstanceOf(ValidationError);
  expect(error).toMatchObject({ code, details: { issues: [issue] } });
});

test("items are put in batches of 25, and each batch moves the bar and the counts", async () => {
  const { calls } = throttle(() => []);
  const { result, reports, tenantId } = await start({ operation: "put", items: items(60) });
  expect(await result).toEqual({ total: 60, written: 60, failed: 0, batches: 3, failures: [] });
  expect(calls).toEqual([25, 25, 10]);
  expect(reports.map(({ message }) => message)).toEqual([
    "Starting...",
    "Wrote 25 of 60 items",
    "Wrote 50 of 60 items",
    "Wrote 60 of 60 items",
  ]);
  expect(reports.map(({ percentage }) => Math.round(percentage))).toEqual([0, 33, 67, 100]);
  expect(reports[2]?.metadata).toEqual({ written: 50, failed: 0, batch: 2, batches: 3 });
  for (const { metadata } of reports) expect(v.parse(progressSchema, metadata)).toEqual(metadata);
  expect(await stored(tenantId, ["i0", "i59", "i60"])).toEqual(
    new Map([
      ["i0", { n: 0 }],
      ["i59", { n: 59 }],
    ]),
  );
});

test("what is put again is replaced, what is deleted is gone, and deleting it again is no failure", async () => {
  const tenantId = newTenant();
  const run = async (payload: InputOf<typeof bulkOperation>) => (await start(payload, { tenantId })).result;
  await run({ operation: "put", items: items(3) });
  await run({ operation: "put", items: [{ id: "i1", data: { new: true } }] });
  expect((await stored(tenantId, ["i1"])).get("i1")).toEqual({ new: true });
  for (const _ of [1, 2])
    expect(await run({ operation: "delete", items: [{ id: "i0" }, { id: "i1" }] })).toMatchObject({ written: 2, failed: 0 });
  expect([...(await stored(tenantId, ["i0", "i1", "i2"])).keys()]).toEqual(["i2"]);
});

test("two tenants, and two collections of one, have items of their own, though the ids are the same", async () => {
  const [ada, bob] = [newTenant(), newTenant()];
  const put = async (tenantId: string, collection: string, n: number) =>
    (await start({ operation: "put", collection, items: [{ id: "same", data: { n } }] }, { tenantId })).result;
  await put(ada, "items", 1);
  await put(bob, "items", 2);
  await put(ada, "other", 3);
  const found = await Promise.all([stored(ada, ["same"]), stored(bob, ["same"]), stored(ada, ["same"], "other")]);
  expect(found.map((one) => one.get("same"))).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
});

test("an item expires a week after it was put", async () => {
  const { result, tenantId } = await start({ operation: "put", items: items(1) });
  await result;
  const { data } = await createBulkItemEntity(table)
    .get({ tenant_id: encodeKeyPart(tenantId), collection: "items", item_id: "i0" })
    .go();
  expect(data?.expires_at).toBe(Math.floor(clock.now() / 1000) + ITEM_TTL_SECONDS);
});

test("bad items are named by their places, and the good ones are written", async () => {
  const { result, tenantId } = await start({
    operation: "put",
    items: [...items(2), { id: "?" }, { id: "i0", data: {} }, { id: "i9", data: {} }],
  });
  expect(await result).toEqual({
    total: 5,
    written: 3,
    failed: 2,
    batches: 1,
    failures: [
      { index: 2, code: "INVALID_ITEM", message: expect.stringMatching(/^The item must be/) as string },
      { index: 3, id: "i0", code: "DUPLICATE_ID", message: expect.stringMatching(/same id/) as string },
    ],
  });
  expect((await stored(tenantId, ["i0", "i9"])).size).toBe(2);
});

test("when all are bad nothing is sent, all are counted and the first hundred named", async () => {
  const { calls } = throttle(() => []);
  const { result } = await start({ operation: "delete", items: Array.from({ length: 500 }, () => ({ id: "" })) });
  const { failures, ...counts } = await result;
  expect(counts).toEqual({ total: 500, written: 0, failed: 500, batches: 0 });
  expect(failures).toHaveLength(MAX_REPORTED_FAILURES);
  expect(calls).toEqual([]);
});

test("what a throttled table leaves out is sent again until it is taken", async () => {
  const { calls } = throttle((requests, call) => (call < 4 ? requests.slice(10) : []));
  const { result, tenantId } = await start({ operation: "put", items: items(50) });
  expect(await ended(result)).toMatchObject({ written: 50, failed: 0 });
  expect(calls).toEqual([25, 15, 5, 25]);
  expect(
    (
      await stored(
        tenantId,
        items(50).map(({ id }) => id),
      )
    ).size,
  ).toBe(50);
});

test("what it never takes is named, and the rest is written all the same", async () => {
  const stubborn: LeaveOut = (requests) => requests.filter(({ PutRequest }) => PutRequest?.Item["item_id"] === "i7");
  const { calls } = throttle(stubborn);
  const { result, tenantId } = await start({ operation: "put", items: items(30) });
  expect(await ended(result)).toMatchObject({
    written: 29,
    failed: 1,
    failures: [{ index: 7, id: "i7", code: "NOT_WRITTEN", message: expect.stringContaining("Send it again") as string }],
  });
  expect(calls).toEqual([25, ...Array.from({ length: MAX_ROUNDS }, () => 1), 5]);
  expect((await stored(tenantId, ["i6", "i7", "i29"])).size).toBe(2);
});

test("a cancellation stops between two batches, and the last update says how many were written", async () => {
  const stop = new AbortController();
  const reason = new Error("cancelled");
  const { calls } = throttle((_, call) => {
    if (call === 3) stop.abort(reason);
    return [];
  });
  const { result, reports, tenantId } = await start({ operation: "put", items: items(1_000) }, { signal: stop.signal });
  await expect(result).rejects.toBe(reason);
  expect(calls).toEqual([25, 25, 25]);
  expect(reports.at(-1)).toMatchObject({
    message: "Stopped: wrote 75 of 1000 items",
    metadata: { written: 75, failed: 0, batch: 3, batches: 40 },
  });
  expect([...(await stored(tenantId, ["i74", "i75"])).keys()]).toEqual(["i74"]);
});

test("a cancellation within a pause counts what the table has taken, and no more", async () => {
  const stop = new AbortController();
  throttle((requests, call) => {
    if (call === 2) setImmediate(() => stop.abort(new Error("cancelled")));
    return call === 2 ? requests.slice(5) : [];
  });
  const { result, reports } = await start({ operation: "put", items: items(100) }, { signal: stop.signal });
  await expect(result).rejects.toThrow("cancelled");
  expect(reports.at(-1)?.message).toBe("Stopped: wrote 30 of 100 items");
});

test("what a timeout within a pause has left out is written by the next attempt", async () => {
  const tenantId = newTenant();
  const stop = new AbortController();
  const throttled = throttle((requests, call) => {
    if (call === 4) setImmediate(() => stop.abort(new Error("out of time")));
    return call === 4 ? requests : [];
  });
  const first = await start({ operation: "put", items: items(100) }, { tenantId, signal: stop.signal });
  await expect(first.result).rejects.toThrow("out of time");
  throttled.calm();
  const second = await start({ operation: "put", items: items(100) }, { tenantId, attempt: 2 });
  expect(await second.result).toMatchObject({ written: 100, failed: 0 });
  const ids = items(100).map(({ id }) => id);
  expect((await stored(tenantId, ids)).size).toBe(100);
});

test("an attempt after one that died goes on where that was remembered, and counts all of it", async () => {
  const tenantId = newTenant();
  const all = items(300);
  const dying = throttle((_, call) => {
    if (call > 10) throw new Error("killed");
    return [];
  });
  const first = await start({ operation: "put", items: all }, { tenantId });
  await expect(first.result).rejects.toBeInstanceOf(TableError);
  dying.calm();
  // Somebody else writes over an item that was done long before.
  await (
    await start({ operation: "put", items: [{ id: "i0", data: { newer: true } }] }, { tenantId, requestId: "other" })
  ).result;

  const { calls } = throttle(() => []);
  const second = await start({ operation: "put", items: all }, { tenantId, attempt: 2 });
  expect(await second.result).toMatchObject({ total: 300, written: 300, failed: 0, batches: 12 });
  // Ten batches were written, eight of them remembered.
  expect(calls).toEqual([25, 25, 25, 25]);
  expect(second.reports[0]).toMatchObject({ message: "Going on after 200 of 300 items", metadata: { batch: 8 } });
  const found = await stored(
    tenantId,
    all.map(({ id }) => id),
  );
  expect(found.size).toBe(300);
  expect(found.get("i0")).toEqual({ newer: true });
});

test("what the first attempt could not write is named by the second", async () => {
  const tenantId = newTenant();
  const stubborn: LeaveOut = (requests) => requests.filter(({ PutRequest }) => PutRequest?.Item["item_id"] === "i3");
  const dying = throttle((requests, call) => {
    if (call > 100 / 25 + MAX_ROUNDS) throw new Error("killed");
    return stubborn(requests, call);
  });
  const first = await start({ operation: "put", items: items(150) }, { tenantId });
  await expect(ended(first.result)).rejects.toBeInstanceOf(TableError);
  dying.calm();
  const second = await start({ operation: "put", items: items(150) }, { tenantId, attempt: 2 });
  expect(await second.result).toMatchObject({ written: 149, failed: 1, failures: [{ index: 3, id: "i3", code: "NOT_WRITTEN" }] });
});

test("an attempt that was overtaken stops at its next checkpoint, and does not turn it back", async () => {
  const tenantId = newTenant();
  const checkpoints = createCheckpointStore(table, clock);
  const request = { tenantId, requestId: "r1" };
  await checkpoints.save(request, 2, { batches: 8, unwritten: [1] });
  const { calls } = throttle(() => []);
  const { result } = await start({ operation: "put", items: items(300) }, { tenantId, attempt: 1 });
  await expect(result).rejects.toThrow("was overtaken by a later one");
  expect(calls).toHaveLength(4);
  expect(await checkpoints.read(request)).toEqual({ batches: 8, unwritten: [1] });
});

test("a table that does not answer is an error that is tried again", async () => {
  const gone = await startTestTable();
  onTestFinished(() => gone.close());
  await gone.stop();
  const store = createItemStore(gone, { clock, random: () => 0 });
  const where = { tenantId: "t", collection: "items" };
  const batch = [{ index: 0, id: "a", data: "{}" }];
  await expect(store.write("put", where, batch, new AbortController().signal)).rejects.toMatchObject({
    code: "SERVICE_UNAVAILABLE",
    retryable: true,
  });
  const checkpoints = createCheckpointStore(gone, clock);
  await expect(checkpoints.read({ tenantId: "t", requestId: "r" })).rejects.toBeInstanceOf(TableError);
  await expect(checkpoints.save({ tenantId: "t", requestId: "r" }, 1, { batches: 1, unwritten: [] })).rejects.toBeInstanceOf(TableError);
});

test("ten thousand items take 400 batches, and 100 checkpoints", async () => {
  const { context } = await recordContext(bulkOperation, { operation: "put", items: items(10_000) });
  let [written, saved] = [0, 0];
  const work = createBulkOperation({
    items: {
      write: async (_, __, batch) => {
        written += batch.length;
        return [];
      },
    },
    checkpoints: {
      read: async () => undefined,
      save: async () => {
        saved += 1;
        return true;
      },
    },
  });
  expect(await work(context)).toMatchObject({ written: 10_000, batches: 400 });
  expect([written, saved]).toEqual([10_000, 100]);
});
