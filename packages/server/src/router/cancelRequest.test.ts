import { beforeAll, describe, expect, test } from "vitest";
import { createRouterHarness } from "../testing/routerHarness.ts";
import { sampleActions } from "../testing/sampleActions.ts";
import { setStatus } from "../testing/storedImages.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "../table/entities/model.ts";
import type { RouterDeps } from "./createRouter.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

const cancel = { type: "cancel", request_id: "r1", reason: "user pressed stop" };
const notFound = { type: "error", request_id: "r1", error: { code: "NOT_FOUND", message: "There is no such request.", retryable: false } };

/** A connection that has submitted `r1`. */
async function submitted(deps?: Partial<RouterDeps>) {
  const harness = createRouterHarness(table, { actions: sampleActions, handlers: { echo: () => "done" } }, deps);
  const connectionId = await harness.connect();
  await harness.send(connectionId, { id: "r1", action: "generate_report", payload: { start: "x" } });
  const ref = { tenantId: harness.tenantId, requestId: "r1" };
  const { requests } = harness.deps;
  return {
    ...harness,
    ref,
    connectionId,
    requests,
    stored: () => requests.getConsistent(ref),
    ask: (frame = cancel) => harness.send(connectionId, frame),
  };
}

describe("a request that has not started", () => {
  test("ends at once", async () => {
    const { ask, stored, clock } = await submitted();
    await clock.advance(1_000);
    expect(await ask()).toEqual({ type: "cancelled", request_id: "r1", reason: "user pressed stop" });
    expect(await stored()).toMatchObject({ status: "cancelled", cancelReason: "user pressed stop", endedAt: clock.now() });
  });

  test("ends without a reason when none is given", async () => {
    const { send, connectionId, stored } = await submitted();
    expect(await send(connectionId, { type: "cancel", request_id: "r1" })).toEqual({ type: "cancelled", request_id: "r1" });
    expect(await stored()).toMatchObject({ status: "cancelled", cancelReason: undefined });
  });

  test("ends from another connection of the same user", async () => {
    const { send, connect } = await submitted();
    expect(await send(await connect(), cancel)).toMatchObject({ type: "cancelled" });
  });

  test("ends by another user of the tenant with requests:cancel; requests:read does not do", async () => {
    const { send, connect, stored } = await submitted();
    expect(await send(await connect({ userId: "u2", permissions: ["requests:read"] }), cancel)).toEqual(notFound);
    expect(await stored()).toMatchObject({ status: "pending" });
    const expired = { userId: "u2", permissions: ["requests:cancel"], tokenExpiresAt: 1 };
    expect(await send(await connect(expired), cancel)).toEqual(notFound);
    expect(await send(await connect({ ...expired, tokenExpiresAt: 2_000_000_000 }), cancel)).toMatchObject({ type: "cancelled" });
    expect(await stored()).toMatchObject({ status: "cancelled" });
  });

  test("ends also while it waits for its next attempt", async () => {
    const { ask, ref, requests, stored } = await submitted();
    await requests.claim(ref, 60_000);
    await setStatus(table, ref, "retrying");
    expect(await ask()).toMatchObject({ type: "cancelled" });
    expect(await stored()).toMatchObject({ status: "cancelled", attempt: 1, retryAt: undefined });
  });
});

describe("who else watches a request that had not started", () => {
  const throttled = () => Promise.reject(new Error("throttled"));
  const cancelled = { type: "cancelled", request_id: "r1", reason: "user pressed stop" };

  test("is told, and that is counted; who cancelled has the answer and nothing else", async () => {
    const { ask, connect, connectionId, connectionManager, deps, send } = await submitted();
    const watcher = await connect();
    await send(watcher, { type: "subscribe", request_id: "r1" });
    expect(await ask()).toEqual(cancelled);
    expect(connectionManager.received(watcher)).toEqual([cancelled]);
    expect(connectionManager.received(connectionId)).toEqual([]);
    // The answer to its subscription, and this.
    expect(await deps.connections.get(watcher)).toMatchObject({ messagesSent: 2 });
  });

  test("is told when another connection than the submitter's cancels, the submitter too", async () => {
    const { connect, connectionId, connectionManager, send } = await submitted();
    const canceller = await connect();
    await send(canceller, { type: "subscribe", request_id: "r1" });
    await send(canceller, cancel);
    expect(connectionManager.sends).toMatchObject([{ connectionId, message: cancelled, status: "sent" }]);
  });

  test("is told nothing when the cancel comes too late", async () => {
    const { ask, connect, connectionManager, ref, requests, send } = await submitted();
    await send(await connect(), { type: "subscribe", request_id: "r1" });
    await requests.claim(ref, 60_000);
    await ask();
    await requests.fail(ref, 1, { code: "TIMEOUT" }, undefined);
    await ask();
    expect(connectionManager.sends).toEqual([]);
  });

  test.each<[string, (deps: RouterDeps) => Partial<RouterDeps>]>([
    ["that cannot be posted to", () => ({ connectionManager: { broadcast: () => Promise.reject(new Error("no endpoint")) } })],
    ["that cannot be read", ({ subscriptions }) => ({ subscriptions: { ...subscriptions, listByRequest: throttled } })],
    ["whose count cannot be kept", ({ connections }) => ({ connections: { ...connections, addPosted: throttled } })],
  ])("and one %s costs the canceller nothing: the answer is the same, and the log says so", async (_, broken) => {
    const { connect, log, send, ask } = await submitted(broken((await submitted()).deps));
    await send(await connect(), { type: "subscribe", request_id: "r1" });
    expect(await ask()).toEqual(cancelled);
    expect(log.entries().filter(({ level }) => level === "WARN")).toHaveLength(1);
  });
});

describe("a request that runs", () => {
  test("goes on, its worker told; the answer is its status", async () => {
    const { ask, ref, requests, stored, clock } = await submitted();
    await requests.claim(ref, 60_000);
    expect(await ask()).toEqual({ type: "status", request_id: "r1", status: "processing", attempt: 1 });
    expect(await stored()).toMatchObject({ status: "processing", cancelRequestedAt: clock.now(), cancelReason: "user pressed stop" });
  });

  test("and starts just as it is cancelled is told all the same", async () => {
    const { requests } = (await submitted()).deps;
    // A worker claims it between the answer to one write and the next.
    const racing: typeof requests = {
      ...requests,
      async cancel(ref, reason) {
        await requests.claim(ref, 60_000);
        return requests.cancel(ref, reason);
      },
    };
    const { ask, stored } = await submitted({ requests: racing });
    expect(await ask()).toMatchObject({ type: "status", status: "processing" });
    expect(await stored()).toMatchObject({ status: "processing", cancelRequestedAt: expect.any(Number) as number });
  });

  test("and ends just as it is cancelled is answered with its outcome", async () => {
    const { requests } = (await submitted()).deps;
    const racing: typeof requests = {
      ...requests,
      async requestCancel(ref, reason) {
        await requests.complete(ref, 1, { body: '"done"', files: {} }, undefined);
        return requests.requestCancel(ref, reason);
      },
    };
    const { ask, ref } = await submitted({ requests: racing });
    await requests.claim(ref, 60_000);
    expect(await ask()).toMatchObject({ type: "complete", result: { data: "done" } });
  });
});

describe("a request that has ended is answered with its terminal message and stays as it is", () => {
  test("completed, its files signed", async () => {
    const { ask, ref, requests, stored, clock } = await submitted();
    await requests.claim(ref, 60_000);
    await requests.complete(ref, 1, { body: '{"url":"","records":3}', files: { "/url": "r1/report.pdf" } }, undefined);
    const before = await stored();
    await clock.advance(60_000);
    expect(await ask()).toEqual({
      type: "complete",
      request_id: "r1",
      result: { success: true, data: { url: "https://files.example/r1/report.pdf?signed", records: 3 } },
      timestamp: Math.floor((before?.endedAt ?? 0) / 1000),
    });
    expect(await stored()).toEqual(before);
  });

  test("failed", async () => {
    const { ask, ref, requests, stored } = await submitted();
    await requests.claim(ref, 60_000);
    await requests.fail(ref, 1, { code: "TIMEOUT", details: { after_ms: 5 } }, undefined);
    const before = await stored();
    const error = { code: "TIMEOUT", message: "The work was not done in its time.", retryable: true, details: { after_ms: 5 } };
    expect(await ask()).toEqual({ type: "error", request_id: "r1", error, final: true });
    expect(await stored()).toEqual(before);
  });

  test("cancelled, with the first reason", async () => {
    const { ask, stored } = await submitted();
    await ask();
    const before = await stored();
    expect(await ask({ ...cancel, reason: "again" })).toEqual({ type: "cancelled", request_id: "r1", reason: "user pressed stop" });
    expect(await stored()).toEqual(before);
  });
});

describe("a request that is not the user's looks like one that does not exist", () => {
  test("of another user, of another tenant, of nobody", async () => {
    const { send, connect, stored } = await submitted();
    expect(await send(await connect({ userId: "u2" }), cancel)).toEqual(notFound);
    expect(await send(await connect({ tenantId: crypto.randomUUID() }), cancel)).toEqual(notFound);
    expect(await send(await connect(), { ...cancel, request_id: "r2" })).toEqual({ ...notFound, request_id: "r2" });
    expect(await stored()).toMatchObject({ status: "pending", cancelRequestedAt: undefined });
  });
});
