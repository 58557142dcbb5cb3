import { REQUEST_TTL_SECONDS } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { logTableCalls } from "../testing/tableCallLog.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "./entities/model.ts";
import { TableError } from "./errors.ts";
import { createRequestStore } from "./requestStore.ts";
import { createSubscriptionStore } from "./subscriptionStore.ts";

let table: TableConfig;
beforeEach(async () => {
  table = await createTestTable();
});

const MAX_WAIT_MS = 750;
const EXPIRES_AT = 2_000_000_000;
const clock = createFakeClock();

type Asked = Readonly<Record<string, Record<string, unknown>>>;

/** From here on the engine does no more than `each` items of a batch, and leaves the rest, as a throttled table does. */
function throttle({ client, tableName }: TableConfig, each: number): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const input = args.input as { RequestItems?: Record<string, { Keys?: unknown[] } | unknown[]> };
      const asked = input.RequestItems?.[tableName];
      if (asked === undefined) return next(args);
      const all = Array.isArray(asked) ? asked : (asked.Keys ?? []);
      const part = (items: unknown[]): Asked => ({ [tableName]: (Array.isArray(asked) ? items : { ...asked, Keys: items }) as never });
      const left = all.slice(each);
      const answer =
        each === 0
          ? { output: { $metadata: {}, Responses: {} }, response: {} }
          : await next({ ...args, input: { RequestItems: part(all.slice(0, each)) } });
      const name = Array.isArray(asked) ? "UnprocessedItems" : "UnprocessedKeys";
      return { ...answer, output: { ...answer.output, ...(left.length === 0 ? {} : { [name]: part(left) }) } as never };
    },
    { step: "initialize", name: "throttle" },
  );
}

const refsOf = (count: number) => Array.from({ length: count }, (_, n) => ({ tenantId: "Tenant #1", requestId: `b1.${n}` }));

async function stored(count: number) {
  const requests = createRequestStore(table, clock);
  for (const ref of refsOf(count)) await requests.create(sampleRequest(ref));
  return requests;
}

/** A call that may wait for the clock. */
async function settled<Result>(call: Promise<Result>): Promise<PromiseSettledResult<Result>> {
  let done = false;
  const [result] = await Promise.all([
    Promise.allSettled([call]).then(([settledResult]) => {
      done = true;
      return settledResult;
    }),
    (async () => {
      while (!done) {
        await clock.advance(MAX_WAIT_MS);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })(),
  ]);
  return result;
}

describe("many requests", () => {
  test("are given each in its place, what is not there as undefined", async () => {
    const requests = await stored(3);
    const [first, second, third] = refsOf(3);
    if (first === undefined || second === undefined || third === undefined) throw new Error("three were made");
    const foreign = { ...first, tenantId: "Tenant" };
    const found = await requests.getMany([third, foreign, first, { ...first, requestId: "b1.3" }, second], { consistent: true });
    expect(found.map((request) => request?.requestId)).toEqual(["b1.2", undefined, "b1.0", undefined, "b1.1"]);
    expect(found[0]).toEqual(await requests.getConsistent(third));
  });

  test("of none ask for nothing; of more than a call takes, in one for each 100", async () => {
    const requests = await stored(101);
    const log = logTableCalls(table);
    expect(await requests.getMany([])).toEqual([]);
    expect(log.calls).toEqual([]);
    const found = await requests.getMany(refsOf(101));
    expect(found.map((request) => request?.requestId)).toEqual(refsOf(101).map(({ requestId }) => requestId));
    expect(log.calls).toEqual(["BatchGetItem", "BatchGetItem"]);
  });

  test("are not given when they have expired, though the table still has them", async () => {
    const requests = await stored(1);
    const later = createRequestStore(table, createFakeClock(clock.now() + REQUEST_TTL_SECONDS * 1000));
    expect(await requests.getMany(refsOf(1))).toMatchObject([{ requestId: "b1.0" }]);
    expect(await later.getMany(refsOf(1))).toEqual([undefined]);
  });

  test("that the table left unread are asked for again", async () => {
    const requests = await stored(8);
    throttle(table, 3);
    const found = await settled(requests.getMany(refsOf(8), { consistent: true }));
    expect(found).toMatchObject({ status: "fulfilled", value: refsOf(8) });
  });

  test("that stay unread are no answer: they must not look as if they were not there", async () => {
    const requests = await stored(2);
    const log = logTableCalls(table);
    throttle(table, 0);
    const startedAt = clock.monotonic();
    const failed = await settled(requests.getMany(refsOf(2)));
    expect(failed).toMatchObject({ status: "rejected", reason: { verb: "request.getMany", code: "SERVICE_UNAVAILABLE" } });
    expect(failed.status === "rejected" && failed.reason).toBeInstanceOf(TableError);
    expect(log.calls.length).toBe(5);
    expect(clock.monotonic() - startedAt).toBeGreaterThanOrEqual(MAX_WAIT_MS);
  });
});

describe("many subscriptions", () => {
  const watched = (count: number) => refsOf(count).map((ref) => ({ ...ref, expiresAt: EXPIRES_AT }));

  test("are each as one that was put alone", async () => {
    const subscriptions = createSubscriptionStore(table, clock);
    await subscriptions.putMany(watched(2), "c1");
    await subscriptions.putMany(watched(1), "c2");
    const [first, second] = refsOf(2);
    if (first === undefined || second === undefined) throw new Error("two were made");
    expect(await subscriptions.put(first, "c1", EXPIRES_AT)).toBe(true);
    expect(await subscriptions.listByRequest(first)).toEqual(["c1", "c2"]);
    expect(await subscriptions.listByRequest(second)).toEqual(["c1"]);
    expect(await subscriptions.deleteByConnection("c1")).toMatchObject({ requests: 2 });
  });

  test("of none ask for nothing; of more than a call takes, in one for each 25", async () => {
    const subscriptions = createSubscriptionStore(table, clock);
    const log = logTableCalls(table);
    await subscriptions.putMany([], "c1");
    expect(log.calls).toEqual([]);
    await subscriptions.putMany(watched(51), "c1");
    expect(log.calls).toEqual(["BatchWriteItem", "BatchWriteItem", "BatchWriteItem"]);
    expect(await subscriptions.deleteByConnection("c1")).toMatchObject({ requests: 51 });
  });

  test("that the table left unwritten are written again", async () => {
    const subscriptions = createSubscriptionStore(table, clock);
    throttle(table, 3);
    expect(await settled(subscriptions.putMany(watched(8), "c1"))).toMatchObject({ status: "fulfilled" });
    for (const ref of refsOf(8)) expect(await subscriptions.listByRequest(ref)).toEqual(["c1"]);
  });

  test("that stay unwritten are told: who believes to watch would miss everything", async () => {
    const subscriptions = createSubscriptionStore(table, clock);
    throttle(table, 0);
    const failed = await settled(subscriptions.putMany(watched(2), "c1"));
    expect(failed).toMatchObject({ status: "rejected", reason: { verb: "subscription.putMany", code: "SERVICE_UNAVAILABLE" } });
  });

  test("that the table left standing when their connection ended are removed again", async () => {
    const subscriptions = createSubscriptionStore(table, clock);
    await subscriptions.putMany(watched(8), "c1");
    throttle(table, 3);
    expect(await settled(subscriptions.deleteByConnection("c1"))).toMatchObject({ status: "fulfilled", value: { requests: 8 } });
    for (const ref of refsOf(8)) expect(await subscriptions.listByRequest(ref)).toEqual([]);
  });

  test("that stay when their connection has ended are told: they would be counted as removed", async () => {
    const subscriptions = createSubscriptionStore(table, clock);
    await subscriptions.putMany(watched(2), "c1");
    throttle(table, 0);
    const failed = await settled(subscriptions.deleteByConnection("c1"));
    const reason = { verb: "subscription.deleteByConnection", code: "SERVICE_UNAVAILABLE" };
    expect(failed).toMatchObject({ status: "rejected", reason });
  });
});
