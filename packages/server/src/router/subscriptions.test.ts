import { byteLength, MAX_FRAME_BYTES, MAX_MESSAGE_BYTES } from "@streamer/protocol";
import type { ServerMessage, UpdateMessage } from "@streamer/protocol";
import { beforeAll, describe, expect, test } from "vitest";
import { createRouterHarness } from "../testing/routerHarness.ts";
import { sampleActions } from "../testing/sampleActions.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createRequestUpdateEntity } from "../table/entities/requestParts.ts";
import type { RequestRef } from "../table/storedRequest.ts";
import type { RouterDeps } from "./createRouter.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

type Page = Extract<ServerMessage, { type: "subscribed" }>;

const subscribe = (after?: number) => ({ type: "subscribe", request_id: "r1", ...(after === undefined ? {} : { after }) });
const progress = (n: number, message = `step ${n}`): UpdateMessage => {
  const sequence = 1_000_000 + n;
  return {
    type: "progress",
    request_id: "r1",
    sequence,
    previous: n === 1 ? 0 : sequence - 1,
    attempt: 1,
    percentage: n / 10,
    message,
    timestamp: 1,
  };
};
const chunk = (n: number, data: unknown): UpdateMessage => {
  const sequence = 1_000_000 + n;
  return { type: "chunk", request_id: "r1", sequence, previous: n === 1 ? 0 : sequence - 1, attempt: 1, data: [data] };
};

/** `r1`, submitted and running, with these updates stored; and a second connection of its user, which asks. */
async function running(updates: readonly UpdateMessage[] = [], deps?: Partial<RouterDeps>) {
  const harness = createRouterHarness(table, { actions: sampleActions, handlers: { echo: () => "done" } }, deps);
  const submitter = await harness.connect();
  await harness.send(submitter, { id: "r1", action: "generate_report", payload: { start: "x" } });
  const ref = { tenantId: harness.tenantId, requestId: "r1" };
  const { requests } = harness.deps;
  await requests.claim(ref, 60_000);
  for (const update of updates) await harness.deps.updates.put(ref, update, 2_000_000_000);
  const watcher = await harness.connect();
  const ask = async (after?: number) => (await harness.send(watcher, subscribe(after))) as Page;
  /** Asks until there is no more, as a client does. */
  const replay = async () => {
    const pages: Page[] = [];
    do pages.push(await ask(pages.at(-1)?.updates.at(-1)?.sequence));
    while (pages.at(-1)?.more === true);
    return pages;
  };
  const watchers = () => harness.deps.subscriptions.listByRequest(ref);
  return { ...harness, ref, requests, submitter, watcher, ask, replay, watchers };
}

describe("subscribe", () => {
  test("replays what is stored, in order, and goes on live", async () => {
    const updates = [progress(1), chunk(2, { text: "ü" }), progress(3)];
    const { ask, watchers, watcher } = await running(updates);
    expect(await ask()).toEqual({ type: "subscribed", request_id: "r1", status: "processing", updates, more: false });
    expect(await watchers()).toEqual([watcher]);
  });

  test("after a sequence replays what came later only", async () => {
    const { ask } = await running([progress(1), progress(2), progress(3)]);
    expect((await ask(1_000_002)).updates).toEqual([progress(3)]);
    expect((await ask(1_000_003)).updates).toEqual([]);
  });

  test("finds a request that a read which lags behind does not see yet", async () => {
    const { requests } = (await running()).deps;
    const { ask } = await running([progress(1)], { requests: { ...requests, get: async () => undefined } });
    expect(await ask()).toMatchObject({ type: "subscribed", updates: [progress(1)] });
  });

  test("twice is one subscription", async () => {
    const { ask, watchers, watcher } = await running();
    await ask();
    await ask();
    expect(await watchers()).toEqual([watcher]);
  });

  test("writes the subscription, then reads the updates, then the status: what falls between is live or replayed", async () => {
    const steps: string[] = [];
    const { requests, updates, subscriptions } = (await running()).deps;
    const noting =
      <Args extends readonly unknown[], Result>(step: string, run: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        steps.push(`${step} begins`);
        const result = await run(...args);
        steps.push(`${step} is done`);
        return result;
      };
    const { ask } = await running([], {
      requests: { ...requests, getConsistent: noting("status", (ref: RequestRef) => requests.getConsistent(ref)) },
      updates: { ...updates, listAfter: noting("updates", (...args: Parameters<typeof updates.listAfter>) => updates.listAfter(...args)) },
      subscriptions: {
        ...subscriptions,
        put: noting("subscription", (...args: Parameters<typeof subscriptions.put>) => subscriptions.put(...args)),
      },
    });
    await ask();
    expect(steps).toEqual(["subscription", "updates", "status"].flatMap((step) => [`${step} begins`, `${step} is done`]));
  });
});

describe("a replay in pages", () => {
  test("of at most 32 KB gives every update once, in order", async () => {
    const updates = Array.from({ length: 90 }, (_, index) => chunk(index + 1, "é".repeat(500)));
    const { replay } = await running(updates);
    const pages = await replay();
    expect(pages.flatMap((page) => page.updates)).toEqual(updates);
    expect(pages.map(({ more }) => more)).toEqual([...pages.slice(1).map(() => true), false]);
    for (const page of pages) expect(byteLength(JSON.stringify(page))).toBeLessThanOrEqual(MAX_FRAME_BYTES);
    expect(pages.length).toBeGreaterThan(2);
  });

  test("of more than 200 small updates gives every one", async () => {
    const updates = Array.from({ length: 201 }, (_, index) => chunk(index + 1, 1));
    const { replay } = await running(updates);
    const pages = await replay();
    expect(pages.flatMap((page) => page.updates)).toEqual(updates);
    expect(pages.length).toBeGreaterThan(1);
  });

  test("sends an update that is larger than a page alone", async () => {
    const updates = [progress(1), chunk(2, "x".repeat(40_000)), progress(3)];
    const { replay } = await running(updates);
    const pages = await replay();
    expect(pages.map((page) => page.updates)).toEqual(updates.map((update) => [update]));
  });
});

describe("the outcome of a request that has ended", () => {
  const complete = async ({ requests, ref }: Awaited<ReturnType<typeof running>>, data: unknown = "done") =>
    requests.complete(ref, 1, { body: JSON.stringify(data), files: {} }, undefined);

  test("comes with the last page, and only there", async () => {
    const world = await running(Array.from({ length: 3 }, (_, index) => chunk(index + 1, "x".repeat(20_000))));
    await complete(world);
    const pages = await world.replay();
    expect(pages.map(({ status, more, outcome }) => [status, more, outcome?.type])).toEqual([
      ["completed", true, undefined],
      ["completed", true, undefined],
      ["completed", false, "complete"],
    ]);
  });

  test("is the terminal message itself", async () => {
    const world = await running([progress(1)]);
    await complete(world, { n: 1 });
    expect(await world.ask()).toMatchObject({
      status: "completed",
      updates: [progress(1)],
      outcome: { type: "complete", request_id: "r1", result: { success: true, data: { n: 1 } } },
    });
  });

  test("of a failure is final, of a cancellation gives its reason", async () => {
    const failed = await running();
    await failed.requests.fail(failed.ref, 1, { code: "WORKER_LOST" }, undefined);
    expect(await failed.ask()).toMatchObject({ status: "failed", outcome: { type: "error", final: true, error: { code: "WORKER_LOST" } } });
    const stopped = await running();
    await stopped.requests.requestCancel(stopped.ref, "enough");
    await stopped.requests.stop(stopped.ref, 1, undefined);
    expect(await stopped.ask()).toMatchObject({ status: "cancelled", outcome: { type: "cancelled", reason: "enough" } });
  });

  test("comes on a page of its own when both would be over the size of a message", async () => {
    const updates = Array.from({ length: 15 }, (_, index) => chunk(index + 1, "x".repeat(2_000)));
    const world = await running(updates);
    await complete(world, "y".repeat(MAX_MESSAGE_BYTES - 2_000));
    const pages = await world.replay();
    expect(pages.map((page) => [page.updates.length, page.more, page.outcome?.type])).toEqual([
      [15, true, undefined],
      [0, false, "complete"],
    ]);
  });
});

/** Deletes updates from the log, as TTL does. */
async function trim(ref: RequestRef, ...numbers: readonly number[]): Promise<void> {
  const entity = createRequestUpdateEntity(table);
  for (const n of numbers) await entity.delete({ tenant_id: ref.tenantId, request_id: ref.requestId, sequence: 1_000_000 + n }).go();
}
const saved = { percentage: 60, message: "Rendering", at: 1_711_929_600_500, sequence: 1_000_005 };
const snapshot = { percentage: 60, message: "Rendering", timestamp: 1_711_929_600 };

describe("a log that was trimmed", () => {
  const numbers = [1, 2, 3, 4, 5];
  const trimmed = async (...missing: readonly number[]) => {
    const world = await running(numbers.map((n) => progress(n)));
    await world.requests.heartbeat(world.ref, 1, 60_000, saved);
    await trim(world.ref, ...missing);
    return world;
  };

  test("at its start: the reply says from where to where, how far the work is, and goes on with the rest", async () => {
    const { ask } = await trimmed(1, 2);
    expect(await ask()).toEqual({
      type: "subscribed",
      request_id: "r1",
      status: "processing",
      gap: { type: "gap", request_id: "r1", from: 1, to: 1_000_002, snapshot },
      updates: [progress(3), progress(4), progress(5)],
      more: false,
    });
  });

  test("before what the client has: there is no gap for it", async () => {
    const { ask } = await trimmed(1, 2);
    expect(await ask(1_000_003)).toMatchObject({ updates: [progress(4), progress(5)] });
    expect(await ask(1_000_003)).not.toHaveProperty("gap");
    // Its own last is gone, and nothing after it.
    expect(await ask(1_000_002)).not.toHaveProperty("gap");
  });

  test("after what the client has: the gap begins with the next", async () => {
    const { ask } = await trimmed(3, 4);
    expect(await ask(1_000_002)).toMatchObject({ gap: { from: 1_000_003, to: 1_000_004 }, updates: [progress(5)] });
  });

  test("in the middle: a page ends before the gap, and the next begins with it", async () => {
    const { replay } = await trimmed(2, 4);
    const pages = await replay();
    expect(pages.map(({ gap, updates, more }) => [gap?.from, gap?.to, updates.map(({ sequence }) => sequence % 1_000_000), more])).toEqual([
      [undefined, undefined, [1], true],
      [1_000_002, 1_000_002, [3], true],
      [1_000_004, 1_000_004, [5], false],
    ]);
  });

  test("altogether: the gap reaches to the last update that was saved with the request, and the outcome follows", async () => {
    const { ask, requests, ref } = await trimmed(...numbers);
    expect(await ask(1_000_002)).toMatchObject({ gap: { from: 1_000_003, to: 1_000_005, snapshot }, updates: [], more: false });
    await requests.complete(ref, 1, { body: '"done"', files: {} }, saved);
    expect(await ask()).toMatchObject({ gap: { from: 1, to: 1_000_005 }, updates: [], more: false, outcome: { type: "complete" } });
    expect(await ask(1_000_005), "after the gap").not.toHaveProperty("gap");
  });

  test("of which nothing was saved: a gap without a snapshot", async () => {
    const world = await running([progress(1), progress(2)]);
    await trim(world.ref, 1);
    expect((await world.ask()).gap).toEqual({ type: "gap", request_id: "r1", from: 1, to: 1_000_001 });
  });

  test("with an outcome of the size of a message: the gap first, then the outcome", async () => {
    const { ask, requests, ref } = await trimmed(...numbers);
    await requests.complete(ref, 1, { body: JSON.stringify("y".repeat(MAX_MESSAGE_BYTES - 600)), files: {} }, saved);
    const page = await ask();
    expect(page).toMatchObject({ gap: { to: 1_000_005 }, more: true });
    expect(await ask(page.gap?.to)).toMatchObject({ updates: [], more: false, outcome: { type: "complete" } });
  });

  test("no gap is told when a query saw only the later of two updates that were written meanwhile: it is asked again", async () => {
    const { updates } = (await running()).deps;
    const reads: number[] = [];
    const world = await running([progress(1), progress(2), progress(3)], {
      updates: {
        ...updates,
        listAfter: async (...args) => {
          const found = await updates.listAfter(...args);
          return reads.push(found.length) === 1 ? found.filter(({ sequence }) => sequence !== 1_000_002) : found;
        },
      },
    });
    const page = await world.ask(1_000_001);
    expect(reads).toHaveLength(2);
    expect(page.updates).toEqual([progress(2), progress(3)]);
    expect(page).not.toHaveProperty("gap");
  });

  test("no gap is told of an update that is stored and saved after the log was read: it comes live", async () => {
    const { requests } = (await running()).deps;
    const world = await running([progress(1)], {
      requests: {
        ...requests,
        getConsistent: async (ref) => {
          await world.deps.updates.put(ref, progress(2), 2_000_000_000);
          await requests.heartbeat(ref, 1, 60_000, { ...saved, sequence: 1_000_002 });
          return requests.getConsistent(ref);
        },
      },
    });
    const page = await world.ask(1_000_001);
    expect(page).toMatchObject({ updates: [], more: false });
    expect(page).not.toHaveProperty("gap");
  });
});

describe("an after that cannot be", () => {
  const issue = (message: string) => ({
    type: "error",
    request_id: "r1",
    error: {
      code: "VALIDATION_ERROR",
      message: "The payload is not valid.",
      retryable: false,
      details: { issues: [{ path: "after", message }] },
    },
  });
  const beyond = (after: number) => issue(`must not be beyond the last stored update: there is none of sequence ${after} or later`);

  test.each<[string, unknown, string]>([
    ["negative", -1, "must not be negative"],
    ["a fraction", 0.5, "must be a whole number, as sequences are"],
    ["over what a number holds", 2 ** 53, "must be a whole number, as sequences are"],
    ["a text", "1000001", "must be a number"],
    ["null", null, "must be a number"],
  ])("because it is %s is a VALIDATION_ERROR, and nothing is watched", async (_, after, message) => {
    const { send, watcher, watchers } = await running([progress(1)]);
    expect(await send(watcher, { ...subscribe(), after })).toEqual(issue(message));
    expect(await watchers()).toEqual([]);
  });

  test.each([1_000_002, 1_000_999, 2_000_001, Number.MAX_SAFE_INTEGER])(
    "because it is beyond the log (%i) is a VALIDATION_ERROR, and nothing is watched",
    async (after) => {
      const { send, watcher, watchers } = await running([progress(1)]);
      expect(await send(watcher, subscribe(after))).toEqual(beyond(after));
      expect(await watchers()).toEqual([]);
    },
  );

  test("because there are no updates yet is a VALIDATION_ERROR; 0 is none", async () => {
    const { send, watcher, ask } = await running();
    expect(await send(watcher, subscribe(1_000_001))).toEqual(beyond(1_000_001));
    expect(await ask(0)).toMatchObject({ type: "subscribed", updates: [] });
  });

  test("takes nothing from who watches already", async () => {
    const { ask, send, watcher, watchers } = await running([progress(1)]);
    await ask();
    expect(await send(watcher, subscribe(9_000_000))).toEqual(beyond(9_000_000));
    expect(await watchers()).toEqual([watcher]);
  });

  test("tells a stranger no more than any other", async () => {
    const { send, connect } = await running([progress(1)]);
    expect(await send(await connect({ userId: "u2" }), subscribe(9_000_000))).toMatchObject({ error: { code: "NOT_FOUND" } });
  });
});

describe("who may watch", () => {
  test("several connections of one user, each by itself", async () => {
    const { send, connect, watchers } = await running([progress(1)]);
    const [one, two] = [await connect(), await connect()];
    for (const connection of [one, two]) expect(await send(connection, subscribe())).toMatchObject({ updates: [progress(1)] });
    expect((await watchers()).toSorted()).toEqual([one, two].toSorted());
  });

  test("another user of the tenant with requests:read", async () => {
    const { send, connect, watchers } = await running([progress(1)]);
    const auditor = await connect({ userId: "u2", permissions: ["requests:read"] });
    expect(await send(auditor, subscribe())).toMatchObject({ type: "subscribed", updates: [progress(1)] });
    expect(await watchers()).toEqual([auditor]);
  });

  test.each([
    ["of another tenant, whatever its permissions", { tenantId: "another", permissions: ["requests:read"] }],
    ["with another permission", { userId: "u2", permissions: ["requests:cancel", "requests:readers", "requests"] }],
    ["whose token has expired", { userId: "u2", permissions: ["requests:read"], tokenExpiresAt: 1 }],
  ])("not one %s: NOT_FOUND", async (_, overrides) => {
    const { send, connect, watchers } = await running([progress(1)]);
    expect(await send(await connect(overrides), subscribe())).toMatchObject({ type: "error", error: { code: "NOT_FOUND" } });
    expect(await watchers()).toEqual([]);
  });

  test("whose token has expired still watches their own", async () => {
    const { send, connect } = await running([progress(1)]);
    expect(await send(await connect({ tokenExpiresAt: 1 }), subscribe())).toMatchObject({ type: "subscribed" });
  });
});

describe("a request that is not the user's", () => {
  test("looks like one that does not exist, and is not watched", async () => {
    const { send, connect, watchers } = await running([progress(1)]);
    const notFound = {
      type: "error",
      request_id: "r1",
      error: { code: "NOT_FOUND", message: "There is no such request.", retryable: false },
    };
    expect(await send(await connect({ userId: "u2" }), subscribe())).toEqual(notFound);
    expect(await send(await connect({ tenantId: crypto.randomUUID() }), subscribe())).toEqual(notFound);
    expect(await send(await connect(), { ...subscribe(), request_id: "r2" })).toEqual({ ...notFound, request_id: "r2" });
    expect(await watchers()).toEqual([]);
  });
});

describe("unsubscribe", () => {
  const frame = { type: "unsubscribe", request_id: "r1" };
  const unsubscribed = { type: "unsubscribed", request_id: "r1" };

  test("ends what subscribe began, for this connection only", async () => {
    const { ask, send, submitter, watcher, watchers } = await running();
    await ask();
    await send(submitter, subscribe());
    expect(await send(watcher, frame)).toEqual(unsubscribed);
    expect(await watchers()).toEqual([submitter]);
  });

  test("is answered the same when there was nothing to end", async () => {
    const { send, connect, watcher } = await running();
    expect(await send(watcher, frame)).toEqual(unsubscribed);
    expect(await send(await connect({ userId: "u2" }), frame)).toEqual(unsubscribed);
    expect(await send(watcher, { ...frame, request_id: "r2" })).toEqual({ ...unsubscribed, request_id: "r2" });
  });

  test("by a stranger takes nobody else off", async () => {
    const { ask, send, connect, watcher, watchers } = await running();
    await ask();
    await send(await connect({ userId: "u2" }), frame);
    await send(await connect({ tenantId: crypto.randomUUID() }), frame);
    expect(await watchers()).toEqual([watcher]);
  });
});
