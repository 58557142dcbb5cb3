import { beforeAll, describe, expect, test } from "vitest";
import { createRouterHarness } from "../testing/routerHarness.ts";
import { sampleActions } from "../testing/sampleActions.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { payloadHash } from "./canonicalJson.ts";
import type { RouterDeps } from "./createRouter.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

const open = (deps?: Partial<RouterDeps>) => createRouterHarness(table, { actions: sampleActions, handlers: { echo: () => "done" } }, deps);
const report = { id: "r1", action: "generate_report", payload: { start: "2024-01-01" } };
const taken = {
  type: "error",
  request_id: "r1",
  error: { code: "DUPLICATE_REQUEST", message: "The id is taken by a different request.", retryable: false },
};

describe("a long action", () => {
  test("is acknowledged, and stored as it was sent", async () => {
    const { connect, send, deps, tenantId, clock } = open();
    const connectionId = await connect({ userId: "auth0|u#1" });
    const reply = await send(connectionId, { ...report, metadata: { source: "test" } });
    expect(reply).toEqual({ type: "acknowledgment", request_id: "r1", status: "pending" });
    expect(await deps.requests.getConsistent({ tenantId, requestId: "r1" })).toMatchObject({
      tenantId,
      userId: "auth0|u#1",
      connectionId,
      action: "generate_report",
      payload: '{"start":"2024-01-01"}',
      payloadHash: payloadHash({ start: "2024-01-01" }),
      metadata: { source: "test" },
      correlationId: expect.stringMatching(/^correlation-/) as string,
      status: "pending",
      attempt: 0,
      createdAt: clock.now(),
    });
  });

  test("is not acknowledged before it is stored", async () => {
    const written = Promise.withResolvers<void>();
    const confirmed = Promise.withResolvers<void>();
    const { requests } = open().deps;
    const slow: typeof requests = {
      ...requests,
      async create(request) {
        const result = await requests.create(request);
        written.resolve();
        await confirmed.promise;
        return result;
      },
    };
    const { connect, send } = open({ requests: slow });
    let answered = false;
    const reply = send(await connect(), report).then((message) => {
      answered = true;
      return message;
    });
    await written.promise;
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    confirmed.resolve();
    expect(await reply).toMatchObject({ type: "acknowledgment" });
  });

  test("is given an id when the client made none; the acknowledgment names it", async () => {
    const { connect, send, deps, tenantId } = open();
    const reply = await send(await connect(), { ...report, id: undefined });
    const { request_id: requestId } = reply as { request_id: string };
    expect(requestId).toMatch(/^made-\d+$/);
    expect(await deps.requests.getConsistent({ tenantId, requestId })).toBeDefined();
  });

  test("without a payload gets an empty one", async () => {
    const { connect, send, deps, tenantId } = open();
    const connectionId = await connect({ permissions: ["reports:write", "reports:purge"] });
    expect(await send(connectionId, { id: "p1", action: "purge_reports" })).toMatchObject({ type: "acknowledgment" });
    expect(await deps.requests.getConsistent({ tenantId, requestId: "p1" })).toMatchObject({ payload: "{}" });
  });

  test("whose payload does not fit is refused, and nothing is stored", async () => {
    const { connect, send, deps, tenantId } = open();
    const connectionId = await connect();
    const reply = await send(connectionId, { ...report, payload: { format: "gif" } });
    expect(reply).toMatchObject({ type: "error", request_id: "r1", error: { code: "VALIDATION_ERROR", retryable: false } });
    expect(reply).toMatchObject({ error: { details: { issues: [{ path: "start" }, { path: "format" }] } } });
    expect(reply).not.toHaveProperty("final");
    expect(await deps.requests.getConsistent({ tenantId, requestId: "r1" })).toBeUndefined();
    // The id is still free.
    expect(await send(connectionId, report)).toEqual({ type: "acknowledgment", request_id: "r1", status: "pending" });
  });
});

describe("the same id again", () => {
  test("with the same request, from another connection, gives the present status and changes nothing", async () => {
    const { connect, send, deps, tenantId } = open();
    await send(await connect(), report);
    const again = await connect();
    expect(await send(again, report)).toEqual({ type: "acknowledgment", request_id: "r1", status: "pending", duplicate: true });
    const { request } = await deps.requests.claim({ tenantId, requestId: "r1" }, 60_000);
    expect(await send(again, report)).toEqual({ type: "acknowledgment", request_id: "r1", status: "processing", duplicate: true });
    expect(await deps.requests.getConsistent({ tenantId, requestId: "r1" })).toEqual(request);
  });

  test("with the payload's keys in another order is the same request", async () => {
    const { connect, send } = open();
    const connectionId = await connect();
    await send(connectionId, { ...report, payload: { start: "x", extra: { a: 1, b: [{ c: 1, d: 2 }] } } });
    const again = await send(connectionId, { ...report, payload: { extra: { b: [{ d: 2, c: 1 }], a: 1 }, start: "x" } });
    expect(again).toMatchObject({ type: "acknowledgment", duplicate: true });
  });

  test("twice at once stores one", async () => {
    const { connect, send } = open();
    const connectionId = await connect();
    const replies = await Promise.all([send(connectionId, report), send(connectionId, report), send(connectionId, report)]);
    expect(replies.filter((reply) => "duplicate" in reply)).toHaveLength(2);
    expect(replies.every((reply) => reply.type === "acknowledgment")).toBe(true);
  });

  test("of a payload that stands in an item of its own", async () => {
    const { connect, send } = open();
    const connectionId = await connect();
    const big = { ...report, payload: { start: "x".repeat(9_000) } };
    expect(await send(connectionId, big)).toEqual({ type: "acknowledgment", request_id: "r1", status: "pending" });
    expect(await send(connectionId, big)).toMatchObject({ type: "acknowledgment", duplicate: true });
    expect(await send(connectionId, report)).toEqual(taken);
  });

  test("with another payload is refused, and the first is untouched", async () => {
    const { connect, send, deps, tenantId } = open();
    const connectionId = await connect();
    await send(connectionId, report);
    expect(await send(connectionId, { ...report, payload: { start: "2025-01-01" } })).toEqual(taken);
    expect(await deps.requests.getConsistent({ tenantId, requestId: "r1" })).toMatchObject({ payload: '{"start":"2024-01-01"}' });
  });

  test("with another action is refused", async () => {
    const { connect, send } = open();
    const connectionId = await connect({ permissions: ["reports:write", "reports:purge"] });
    await send(connectionId, report);
    expect(await send(connectionId, { ...report, action: "purge_reports" })).toEqual(taken);
  });

  test("by another user of the tenant is refused, revealing nothing of whose it is", async () => {
    const { connect, send } = open();
    await send(await connect({ userId: "u1" }), report);
    expect(await send(await connect({ userId: "u2" }), report)).toEqual(taken);
  });

  test("by another tenant is another request, also when the names differ in case only", async () => {
    const { connect, send, tenantId } = open();
    const fresh = { type: "acknowledgment", request_id: "r1", status: "pending" };
    expect(await send(await connect({ tenantId: `Acme-${tenantId}` }), report)).toEqual(fresh);
    expect(await send(await connect({ tenantId: `acme-${tenantId}` }), report)).toEqual(fresh);
  });
});
