import { byteLength, MAX_MESSAGE_BYTES } from "@streamer/protocol";
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

async function submitted(count: number, deps?: Partial<RouterDeps>) {
  const harness = createRouterHarness(table, { actions: sampleActions, handlers: { echo: () => "done" } }, deps);
  const connectionId = await harness.connect();
  const payloads = Array.from({ length: count }, (_, n) => ({ start: String(n) }));
  await harness.send(connectionId, { type: "submit_batch", batch_id: "b1", action: "generate_report", first: 0, payloads });
  const ref = (n: number) => ({ tenantId: harness.tenantId, requestId: `b1.${n}` });
  const { requests } = harness.deps;
  return {
    ...harness,
    requests,
    ref,
    stored: async (n: number) => requests.getConsistent(ref(n)),
    cancel: async (first = 0, items = count, from = connectionId) =>
      (await harness.send(from, { type: "cancel_batch", batch_id: "b1", first, count: items, reason: "stop" })) as Batch,
    complete: async (n: number, data: unknown) => {
      await requests.claim(ref(n), 60_000);
      await requests.complete(ref(n), 1, { body: JSON.stringify(data), files: {} }, undefined);
    },
  };
}

describe("cancel_batch", () => {
  test("ends what waits, tells the workers of what runs, leaves what has ended as it is", async () => {
    const { cancel, complete, requests, ref, stored, clock } = await submitted(4);
    await requests.claim(ref(1), 60_000);
    await complete(2, 1);
    const cancelled = (n: number) => ({ n, status: "cancelled", outcome: { type: "cancelled", request_id: `b1.${n}`, reason: "stop" } });
    const outcome = { type: "complete", request_id: "b1.2", result: { success: true, data: 1 }, timestamp: clock.now() / 1000 };
    expect(await cancel(0, 5)).toEqual({
      type: "batch",
      batch_id: "b1",
      reply_to: "cancel_batch",
      items: [
        cancelled(0),
        { n: 1, status: "processing", attempt: 1 },
        { n: 2, status: "completed", outcome },
        cancelled(3),
        { n: 4, error: notFound },
      ],
    });
    expect(await Promise.all([0, 1, 2, 3].map(stored))).toMatchObject([
      { status: "cancelled", cancelReason: "stop" },
      { status: "processing", cancelRequestedAt: clock.now() },
      { status: "completed" },
      { status: "cancelled" },
    ]);
    expect((await cancel()).items).toMatchObject([
      { status: "cancelled" },
      { status: "processing" },
      { status: "completed" },
      { status: "cancelled" },
    ]);
  });

  test("asks for requests:cancel at another user's items, as cancel does", async () => {
    const { cancel, connect, stored } = await submitted(1);
    expect((await cancel(0, 1, await connect({ userId: "u2", permissions: ["requests:read"] }))).items).toEqual([
      { n: 0, error: notFound },
    ]);
    expect(await stored(0)).toMatchObject({ status: "pending" });
    expect((await cancel(0, 1, await connect({ userId: "u2", permissions: ["requests:cancel"] }))).items).toMatchObject([
      { status: "cancelled" },
    ]);
  });

  test("tells who else watches the items, not who cancels them", async () => {
    const { cancel, connect, send, connectionManager } = await submitted(2);
    const watcher = await connect();
    await send(watcher, { type: "subscribe_batch", batch_id: "b1", first: 0, count: 1 });
    await cancel();
    expect(connectionManager.sends.map((sent) => sent.connectionId)).toEqual([watcher]);
    expect(connectionManager.received(watcher)).toEqual([{ type: "cancelled", request_id: "b1.0", reason: "stop" }]);
  });

  test("one item that fails harms no other", async () => {
    const { requests } = (await submitted(1)).deps;
    const failing: typeof requests = {
      ...requests,
      cancel: (ref, reason) =>
        ref.requestId === "b1.1" ? Promise.reject(new TableError("request.cancel", new Error("down"))) : requests.cancel(ref, reason),
    };
    const { cancel, log } = await submitted(3, { requests: failing });
    expect((await cancel()).items).toMatchObject([
      { n: 0, status: "cancelled" },
      { n: 1, error: { code: "SERVICE_UNAVAILABLE", retryable: true } },
      { n: 2, status: "cancelled" },
    ]);
    expect(log.entries("Items of a batch could not be answered.")).toMatchObject([{ items: 1 }]);
  });

  test("of large results is answered in several messages, by what had ended before", async () => {
    const { cancel, complete } = await submitted(5);
    for (let n = 0; n < 5; n += 1) await complete(n, "x".repeat(60_000));
    const items: BatchItem[] = [];
    let next: number | undefined = 0;
    while (next !== undefined) {
      const page: Batch = await cancel(next, 5 - next);
      expect(byteLength(JSON.stringify(page))).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
      items.push(...page.items);
      next = page.next;
    }
    expect(items).toMatchObject([0, 1, 2, 3, 4].map((n) => ({ n, status: "completed" })));
  });
});
