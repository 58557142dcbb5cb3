import { beforeAll, describe, expect, test } from "vitest";
import { createRouterHarness } from "../testing/routerHarness.ts";
import { sampleActions } from "../testing/sampleActions.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "../table/entities/model.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

const GIVEN = "0b9d2f5e-6c1a-4f7b-9d3e-8a2c4e6f8a0b";
const OTHER = "1c9d2f5e-6c1a-4f7b-9d3e-8a2c4e6f8a0c";
const TRACEPARENT = "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01";
const report = { id: "r1", action: "generate_report", payload: { start: "2024-01-01" } };
const open = () => createRouterHarness(table, { actions: sampleActions, handlers: { echo: ({ input }) => input.message } });

describe("a correlation id that the client gives", () => {
  test("is stored with the request, and the trace too; both are in its answer, its log lines and its events", async () => {
    const { connect, sendWhole, deps, tenantId, log } = open();
    const reply = await sendWhole(await connect(), { ...report, correlation_id: GIVEN, traceparent: TRACEPARENT });
    expect(reply).toEqual({ type: "acknowledgment", request_id: "r1", status: "pending", correlation_id: GIVEN });
    const stored = await deps.requests.getConsistent({ tenantId, requestId: "r1" });
    expect(stored).toMatchObject({ correlationId: GIVEN, traceparent: TRACEPARENT });
    expect(log.entries("A request was answered.")).toMatchObject([
      { correlation_id: GIVEN, trace_id: "a".repeat(32), operation: "submit", request_id: "r1", duration_ms: 0 },
    ]);
  });

  test("is that of every item of its batch", async () => {
    const { connect, sendWhole, deps, tenantId } = open();
    const payloads = [{ start: "a" }, { start: "b" }];
    const frame = { type: "submit_batch", batch_id: "b1", action: "generate_report", first: 0, payloads };
    const reply = await sendWhole(await connect(), { ...frame, correlation_id: GIVEN, traceparent: TRACEPARENT });
    expect(reply).toMatchObject({ type: "batch", correlation_id: GIVEN });
    const refs = ["b1.0", "b1.1"].map((requestId) => ({ tenantId, requestId }));
    const stored = await deps.requests.getMany(refs, { consistent: true });
    expect(stored.map((item) => [item?.correlationId, item?.traceparent])).toEqual([
      [GIVEN, TRACEPARENT],
      [GIVEN, TRACEPARENT],
    ]);
  });

  test("is refused when it is no UUID, under one that the server makes", async () => {
    const { connect, sendWhole } = open();
    const reply = await sendWhole(await connect(), { ...report, correlation_id: "mine" });
    expect(reply).toMatchObject({
      type: "error",
      request_id: "r1",
      error: { code: "INVALID_MESSAGE", details: { reason: "correlation_id: must be a UUID" } },
      correlation_id: expect.stringMatching(/^correlation-/) as string,
    });
  });
});

describe("messages about a request that was sent before have its correlation id, not their own frame's:", () => {
  test.each<[string, object, object]>([
    ["a duplicate", { ...report, correlation_id: OTHER }, { type: "acknowledgment", duplicate: true }],
    ["a replay", { type: "subscribe", request_id: "r1" }, { type: "subscribed" }],
    ["an end", { type: "cancel", request_id: "r1" }, { type: "cancelled" }],
  ])("%s", async (_, frame, expected) => {
    const { connect, sendWhole } = open();
    const connectionId = await connect();
    await sendWhole(connectionId, { ...report, correlation_id: GIVEN });
    expect(await sendWhole(connectionId, frame)).toMatchObject({ ...expected, correlation_id: GIVEN });
  });

  test("the outcome that a replay, a cancel and a batch bring along", async () => {
    const { connect, sendWhole, deps, tenantId } = open();
    const connectionId = await connect();
    await sendWhole(connectionId, { ...report, id: "b1.0", correlation_id: GIVEN });
    await deps.requests.claim({ tenantId, requestId: "b1.0" }, 60_000);
    const status = await sendWhole(connectionId, { type: "cancel", request_id: "b1.0" });
    expect(status).toMatchObject({ type: "status", correlation_id: GIVEN });
    await deps.requests.complete({ tenantId, requestId: "b1.0" }, 1, { body: "1", files: {} }, undefined);
    const outcome = { type: "complete", correlation_id: GIVEN };
    expect(await sendWhole(connectionId, { type: "subscribe", request_id: "b1.0" })).toMatchObject({ outcome });
    expect(await sendWhole(connectionId, { type: "cancel", request_id: "b1.0" })).toMatchObject(outcome);
    const batch = await sendWhole(connectionId, { type: "subscribe_batch", batch_id: "b1", first: 0, count: 1 });
    expect(batch).toMatchObject({ items: [{ outcome }] });
    expect(batch).not.toHaveProperty("correlation_id");
  });
});

describe("the log says of frames that are no requests what they were, how they were answered and how long it took:", () => {
  test.each([
    ["cancel", "INFO", { type: "cancel", request_id: "r1" }, { reply: "cancelled", request_id: "r1" }],
    ["subscribe", "DEBUG", { type: "subscribe", request_id: "r1" }, { reply: "subscribed", request_id: "r1" }],
    ["topic", "DEBUG", { type: "subscribe_topic", topic: "requests" }, { reply: "subscribed_topic" }],
  ])("%s", async (operation, level, frame, fields) => {
    const { connect, send, log } = open();
    log.logger.setLogLevel("DEBUG");
    const connectionId = await connect();
    await send(connectionId, report);
    await send(connectionId, frame);
    expect(log.entries("A message was answered.")).toMatchObject([{ operation, level, user_id: "u1", duration_ms: 0, ...fields }]);
  });

  test("a ping is not worth a line", async () => {
    const { connect, send, log } = open();
    log.logger.setLogLevel("DEBUG");
    await send(await connect(), { type: "ping" });
    expect(log.entries()).toEqual([]);
  });
});
