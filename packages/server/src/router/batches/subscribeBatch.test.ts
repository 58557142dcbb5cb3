import { byteLength, MAX_FRAME_BYTES, MAX_MESSAGE_BYTES } from "@streamer/protocol";
import type { BatchItem, ServerMessage } from "@streamer/protocol";
import { beforeAll, describe, expect, test } from "vitest";
import { createRouterHarness } from "../../testing/routerHarness.ts";
import { sampleActions } from "../../testing/sampleActions.ts";
import { createTestTable } from "../../testing/testTable.ts";
import type { TableConfig } from "../../table/entities/model.ts";
import { TableError } from "../../table/errors.ts";
import type { RouterDeps } from "../createRouter.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

type Batch = Extract<ServerMessage, { type: "batch" }>;
const notFound = { code: "NOT_FOUND", message: "There is no such request.", retryable: false };
const ask = (first: number, count: number) => ({ type: "subscribe_batch", batch_id: "b1", first, count });

/** `b1` with so many items, submitted by one connection of the user; and another, which asks. */
async function submitted(count: number, deps?: Partial<RouterDeps>) {
  const harness = createRouterHarness(table, { actions: sampleActions, handlers: { echo: () => "done" } }, deps);
  const submitter = await harness.connect();
  const payloads = Array.from({ length: count }, (_, n) => ({ start: String(n) }));
  await harness.send(submitter, { type: "submit_batch", batch_id: "b1", action: "generate_report", first: 0, payloads });
  const watcher = await harness.connect();
  const ref = (n: number) => ({ tenantId: harness.tenantId, requestId: `b1.${n}` });
  const { requests, subscriptions } = harness.deps;
  return {
    ...harness,
    requests,
    submitter,
    watcher,
    ref,
    subscribe: async (first = 0, items = count, from = watcher) => (await harness.send(from, ask(first, items))) as Batch,
    watchers: (n: number) => subscriptions.listByRequest(ref(n)),
    complete: async (n: number, data: unknown) => {
      await requests.claim(ref(n), 60_000);
      await requests.complete(ref(n), 1, { body: JSON.stringify(data), files: {} }, undefined);
    },
  };
}

describe("the items of a batch", () => {
  test("are told as they stand, and watched while they are open", async () => {
    const { requests, complete, ref, subscribe, watchers, watcher, clock } = await submitted(5);
    const progress = { percentage: 40, message: "Rendering", at: clock.now() };
    await complete(0, { records: 7 });
    await requests.claim(ref(1), 60_000);
    await requests.heartbeat(ref(1), 1, 60_000, progress);
    await requests.claim(ref(2), 60_000);
    await requests.retry(ref(2), 1, { at: clock.now() + 4_500 }, progress);
    await requests.cancel(ref(3), "stop");
    const seconds = clock.now() / 1000;
    const shown = { percentage: 40, message: "Rendering" };
    expect(await subscribe()).toEqual({
      type: "batch",
      batch_id: "b1",
      reply_to: "subscribe_batch",
      items: [
        {
          n: 0,
          status: "completed",
          attempt: 1,
          outcome: { type: "complete", request_id: "b1.0", result: { success: true, data: { records: 7 } }, timestamp: seconds },
        },
        { n: 1, status: "processing", attempt: 1, progress: shown },
        { n: 2, status: "retrying", attempt: 1, retry_at: seconds + 5, progress: shown },
        { n: 3, status: "cancelled", attempt: 0, outcome: { type: "cancelled", request_id: "b1.3", reason: "stop" } },
        { n: 4, status: "pending", attempt: 0 },
      ],
    });
    expect(await Promise.all([0, 1, 2, 3, 4].map(watchers))).toEqual([[], [watcher], [watcher], [], [watcher]]);
  });

  test("have outcomes with files signed anew, and results by reference", async () => {
    const { requests, ref, subscribe } = await submitted(2);
    for (const n of [0, 1]) await requests.claim(ref(n), 60_000);
    await requests.complete(ref(0), 1, { body: '{"url":""}', files: { "/url": "generate_report/f" } }, undefined);
    await requests.complete(ref(1), 1, { key: "generate_report/result", sizeBytes: 200_000, files: {} }, undefined);
    expect((await subscribe()).items).toMatchObject([
      { outcome: { result: { data: { url: "https://files.example/generate_report/f?signed" } } } },
      { outcome: { result: { reference: { url: "https://files.example/generate_report/result?signed", size_bytes: 200_000 } } } },
    ]);
  });

  test("need no subscription of the connection that submitted them; its successor's does", async () => {
    const { subscribe, watchers, submitter, watcher } = await submitted(2);
    expect((await subscribe(0, 2, submitter)).items).toMatchObject([{ status: "pending" }, { status: "pending" }]);
    expect(await watchers(0)).toEqual([]);
    await subscribe(0, 2);
    await subscribe(0, 2);
    expect(await watchers(1)).toEqual([watcher]);
  });

  test("that do not exist, and those of others, look alike and are not watched", async () => {
    const { subscribe, connect, watchers, send } = await submitted(1);
    const alone = await connect({ userId: "u2" });
    await send(alone, { id: "b1.1", action: "generate_report", payload: { start: "x" } });
    expect((await subscribe(0, 3)).items).toEqual([
      { n: 0, status: "pending", attempt: 0 },
      { n: 1, error: notFound },
      { n: 2, error: notFound },
    ]);
    expect(await watchers(1)).toEqual([]);
    for (const stranger of [{ tenantId: crypto.randomUUID() }, { userId: "u3", permissions: ["requests:cancel"] }]) {
      expect((await subscribe(0, 1, await connect(stranger))).items).toEqual([{ n: 0, error: notFound }]);
    }
    const expired = { userId: "u3", permissions: ["requests:read"], tokenExpiresAt: 1 };
    expect((await subscribe(0, 1, await connect(expired))).items).toEqual([{ n: 0, error: notFound }]);
    const reader = await connect({ ...expired, tokenExpiresAt: 2_000_000_000 });
    expect((await subscribe(0, 2, reader)).items).toMatchObject([{ status: "pending" }, { status: "pending" }]);
    expect(await watchers(1)).toEqual([reader]);
  });

  test("are found though a read that lags behind does not see them yet", async () => {
    const { requests } = (await submitted(1)).deps;
    const lagging: typeof requests = {
      ...requests,
      getMany: async (refs, options) => (options?.consistent === true ? requests.getMany(refs, options) : refs.map(() => undefined)),
    };
    const { subscribe } = await submitted(2, { requests: lagging });
    expect((await subscribe(0, 3)).items).toMatchObject([{ status: "pending" }, { status: "pending" }, { error: notFound }]);
  });

  test("beyond a batch are refused, and none of them is watched", async () => {
    const { send, watcher } = await submitted(1);
    expect(await send(watcher, ask(950, 51))).toMatchObject({
      type: "error",
      batch_id: "b1",
      error: { code: "VALIDATION_ERROR", details: { issues: [{ path: "first" }] } },
    });
    expect(await send(watcher, ask(999, 1))).toMatchObject({ type: "batch", items: [{ n: 999 }] });
  });
});

describe("nothing falls between the subscription and the state", () => {
  test("the subscriptions are written before the state is read, each from the table itself", async () => {
    const { requests, subscriptions } = (await submitted(1)).deps;
    const steps: string[] = [];
    const { subscribe } = await submitted(1, {
      requests: {
        ...requests,
        async getMany(refs, options) {
          if (options?.consistent === true && refs.length > 0) steps.push("state begins");
          return requests.getMany(refs, options);
        },
      },
      subscriptions: {
        ...subscriptions,
        async putMany(watched, connectionId) {
          await subscriptions.putMany(watched, connectionId);
          if (watched.length > 0) steps.push("subscribed");
        },
      },
    });
    await subscribe();
    expect(steps).toEqual(["subscribed", "state begins"]);
  });

  test("an item that ends while it is subscribed to is told with its outcome", async () => {
    const { subscriptions } = (await submitted(1)).deps;
    const { subscribe, complete } = await submitted(2, {
      subscriptions: {
        ...subscriptions,
        async putMany(watched, connectionId) {
          await subscriptions.putMany(watched, connectionId);
          await complete(1, "just now");
        },
      },
    });
    expect((await subscribe()).items).toMatchObject([
      { status: "pending" },
      { status: "completed", outcome: { result: { data: "just now" } } },
    ]);
  });

  test("an item that had ended, and is started again meanwhile, is watched", async () => {
    const { subscriptions } = (await submitted(1)).deps;
    let redriven = false;
    const { subscribe, requests, ref, watchers, watcher } = await submitted(1, {
      subscriptions: {
        ...subscriptions,
        async putMany(watched, connectionId) {
          await subscriptions.putMany(watched, connectionId);
          if (redriven) return;
          redriven = true;
          await requests.redrive(ref(0));
        },
      },
    });
    await requests.cancel(ref(0), undefined);
    expect((await subscribe()).items).toEqual([{ n: 0, status: "pending", attempt: 0 }]);
    expect(await watchers(0)).toEqual([watcher]);
  });
});

describe("an answer", () => {
  test("has at most 32 KB, and says where to go on: each item comes once", async () => {
    const { complete, subscribe } = await submitted(12);
    for (let n = 0; n < 12; n += 1) await complete(n, "é".repeat(n === 5 ? 50_000 : 5_000));
    const items: BatchItem[] = [];
    const sizes: number[] = [];
    let next: number | undefined = 0;
    while (next !== undefined) {
      const page: Batch = await subscribe(next, 12 - next);
      items.push(...page.items);
      if (page.items.length > 1) sizes.push(byteLength(JSON.stringify(page)));
      next = page.next;
    }
    expect(items.map(({ n }) => n)).toEqual(Array.from({ length: 12 }, (_, n) => n));
    expect(items).toMatchObject(Array.from({ length: 12 }, () => ({ status: "completed", outcome: { type: "complete" } })));
    for (const size of sizes) expect(size).toBeLessThanOrEqual(MAX_FRAME_BYTES);
    expect(sizes.length).toBeGreaterThan(2);
  });

  test("takes the largest result that a message takes, alone", async () => {
    const { complete, subscribe } = await submitted(2);
    // What a processor may leave in the table: a message less a kilobyte.
    await complete(0, "x".repeat(MAX_MESSAGE_BYTES - 1_024 - 2));
    const page = await subscribe();
    expect(page).toMatchObject({ items: [{ n: 0, status: "completed", outcome: { type: "complete" } }], next: 1 });
    expect(byteLength(JSON.stringify(page))).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    expect(await subscribe(1, 1)).toMatchObject({ items: [{ n: 1, status: "pending" }] });
  });

  test("tells of 100 open items with all that is known of them", async () => {
    const { requests } = (await submitted(1)).deps;
    const running = { status: "processing", attempt: 1, lastProgress: 33.333, lastMessage: "Rendering the pages of the report" } as const;
    const { subscribe } = await submitted(100, {
      requests: {
        ...requests,
        getMany: async (...args) => (await requests.getMany(...args)).map((request) => request && { ...request, ...running }),
      },
    });
    const page = await subscribe();
    expect(page.items).toHaveLength(100);
    expect(page).not.toHaveProperty("next");
  });

  test("has an error for the item whose result cannot be read, and the others", async () => {
    const { requests } = (await submitted(1)).deps;
    const failing: typeof requests = {
      ...requests,
      resultOf: (request) =>
        request.requestId === "b1.0" ? Promise.reject(new TableError("request.resultOf", new Error("down"))) : requests.resultOf(request),
    };
    const { complete, subscribe, log } = await submitted(2, { requests: failing });
    for (const n of [0, 1]) await complete(n, n);
    expect((await subscribe()).items).toMatchObject([
      { n: 0, error: { code: "SERVICE_UNAVAILABLE", retryable: true } },
      { n: 1, status: "completed" },
    ]);
    expect(log.entries("Items of a batch could not be answered.")).toMatchObject([{ code: "SERVICE_UNAVAILABLE", items: 1 }]);
  });
});
