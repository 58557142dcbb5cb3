import { defineAction, defineActions } from "@streamer/protocol";
import * as v from "valibot";
import { beforeAll, expect, test } from "vitest";
import type { TableConfig } from "../table/entities/model.ts";
import { createRecordedTracer } from "../testing/recordedTracer.ts";
import { createRouterHarness } from "../testing/routerHarness.ts";
import { createTestTable } from "../testing/testTable.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

const CANARY = "canary-8e02";
const text = v.object({ text: v.string() });
const actions = defineActions({
  shout: defineAction("shout", { input: text, output: text, estimatedDuration: "10 milliseconds" }),
  print: defineAction("print", { input: text, output: text, estimatedDuration: "1 minute" }),
});

async function tracing(shout: () => Promise<{ text: string }> = async () => ({ text: CANARY })) {
  const tracer = createRecordedTracer();
  const harness = createRouterHarness(table, { actions, handlers: { shout } }, { tracer });
  const connectionId = await harness.connect({ userId: "ada" });
  return { tracer, connectionId, tenantId: harness.tenantId, send: (frame: object | string) => harness.send(connectionId, frame) };
}

test("a short action is answered in a segment of its own", async () => {
  const { tracer, send, connectionId, tenantId } = await tracing();
  await send({ id: "r1", action: "shout", payload: { text: CANARY } });
  expect(tracer.segments.map(({ name }) => name)).toEqual(["authenticate", "validate", "answer shout", "message"]);
  const { annotations } = tracer.only("message");
  const ids = { request_id: "r1", action: "shout", connection_id: connectionId };
  expect(annotations).toMatchObject({ ...ids, user_id: "ada", tenant_id: tenantId, correlation_id: expect.any(String) as string });
  expect(JSON.stringify(tracer.segments)).not.toContain(CANARY);
});

test("what a handler throws marks its segment and the message's", async () => {
  const { tracer, send } = await tracing(() => Promise.reject(new Error(CANARY)));
  await send({ id: "r1", action: "shout", payload: { text: "a" } });
  expect(tracer.only("answer shout").failure).toEqual({ kind: "fault", type: "Error", code: undefined });
  expect(tracer.only("message").failure).toMatchObject({ kind: "fault", code: "PROCESSING_FAILED" });
  expect(JSON.stringify(tracer.segments)).not.toContain(CANARY);
});

test("an asynchronous request is submitted; one that does not fit is the client's error, at each step it went through", async () => {
  const { tracer, send } = await tracing();
  await send({ id: crypto.randomUUID(), action: "print", payload: { text: "a" } });
  expect(tracer.segments.map(({ name }) => name)).toEqual(["authenticate", "validate", "submit", "message"]);
  await send({ id: crypto.randomUUID(), action: "print", payload: { text: [CANARY] } });
  const failed = tracer.segments.filter(({ failure }) => failure !== undefined);
  expect(failed.map(({ name, failure }) => [name, failure?.kind, failure?.code])).toEqual(
    ["validate", "submit", "message"].map((name) => [name, "error", "VALIDATION_ERROR"]),
  );
  expect(JSON.stringify(tracer.segments)).not.toContain(CANARY);
});

test("each request of a batch is submitted in a segment of its own, under one message", async () => {
  const { tracer, send } = await tracing();
  const batch = crypto.randomUUID();
  const payloads = [{ text: "a" }, { text: "b" }, { text: "c" }];
  await send({ type: "submit_batch", batch_id: batch, action: "print", first: 0, payloads });
  expect(tracer.segments.filter(({ name }) => name === "submit")).toHaveLength(3);
  expect(tracer.only("message").annotations).toMatchObject({ batch_id: batch, action: "print" });
});

test("a frame that is no message is the client's error", async () => {
  const { tracer, send } = await tracing();
  await send(`{"type": "${CANARY}"`);
  expect(tracer.only("message").failure).toMatchObject({ kind: "error", code: "INVALID_MESSAGE" });
  expect(JSON.stringify(tracer.segments)).not.toContain(CANARY);
});
