import type { Duration } from "@streamer/protocol";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { createRouterHarness } from "../testing/routerHarness.ts";
import { sampleActions } from "../testing/sampleActions.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createConnectionStore, TOUCH_RETRIES, TOUCH_RETRY_MS } from "../table/connectionStore.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createRequestStore } from "../table/requestStore.ts";
import { createSubscriptionStore } from "../table/subscriptionStore.ts";
import { createUpdateStore } from "../table/updateStore.ts";
import { createRouter } from "./createRouter.ts";
import type { RouterDeps } from "./createRouter.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

const config = { actions: sampleActions, handlers: { echo: () => "done" } };
const open = (deps?: Partial<RouterDeps>) => createRouterHarness(table, config, deps);
const refused = (code: string, details?: object) => ({ type: "error", error: { code, ...(details === undefined ? {} : { details }) } });

describe("a frame", () => {
  test("ping is answered by pong", async () => {
    const { connect, send } = open();
    expect(await send(await connect(), { type: "ping" })).toEqual({ type: "pong" });
  });

  test.each([
    ["that is not JSON", "not json", "not JSON"],
    ["that is empty", "", "not JSON"],
  ])("%s is refused, saying why", async (_, frame, reason) => {
    const { connect, send } = open();
    expect(await send(await connect(), frame)).toMatchObject(refused("INVALID_MESSAGE", { reason }));
  });

  test("nested too deeply to be written again is answered too", async () => {
    const { connect, send } = open();
    const frame = `{"id":"r1","action":"generate_report","payload":{"start":"x","deep":${"[".repeat(20_000)}${"]".repeat(20_000)}}}`;
    expect(await send(await connect(), frame)).toMatchObject({ type: "error", request_id: "r1" });
  });

  test("that is broken is answered under the id that could be read", async () => {
    const { connect, send } = open();
    expect(await send(await connect(), { id: "r9", action: 5 })).toMatchObject({ ...refused("INVALID_MESSAGE"), request_id: "r9" });
  });

  test("of a connection that is not known is refused, good or bad", async () => {
    const { send: answer, clock } = open();
    const send = async (...frame: Parameters<typeof answer>) => {
      const answering = answer(...frame);
      for (let retry = 0; retry < TOUCH_RETRIES; retry += 1) {
        await vi.waitFor(() => expect(clock.pending).toBe(1));
        await clock.advance(TOUCH_RETRY_MS);
      }
      return answering;
    };
    const unknown = refused("UNAUTHORIZED", { reason: "the connection is not known" });
    expect(await send("nobody", { type: "ping" })).toMatchObject(unknown);
    expect(await send("nobody", { id: "e1", action: "echo", payload: { message: "x" } })).toMatchObject({ ...unknown, request_id: "e1" });
    expect(await send("nobody", "not json")).toMatchObject(unknown);
  });

  test("that overtakes its connection's record waits for it and is answered", async () => {
    const { connect, send, clock } = open();
    const connectionId = crypto.randomUUID();
    const answering = send(connectionId, { type: "ping" });
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    await connect({ connectionId });
    await clock.advance(TOUCH_RETRY_MS);
    expect(await answering).toEqual({ type: "pong" });
  });

  test("counts, also when it cannot be read, and tells when the connection was last heard of", async () => {
    const { connect, send, deps, clock } = open();
    const connectionId = await connect();
    const connectedAt = clock.now();
    await clock.advance(5_000);
    for (const frame of [{ type: "ping" }, "not json", { id: "e1", action: "nothing" }]) await send(connectionId, frame);
    const connection = { messagesReceived: 3, connectedAt, lastPingAt: connectedAt + 5_000 };
    expect(await deps.connections.get(connectionId)).toMatchObject(connection);
  });
});

describe("an unknown action", () => {
  test.each(["nothing", "generateReport", "ECHO", "__proto__", "constructor", "toString", "hasOwnProperty"])("%j", async (action) => {
    const { connect, send } = open();
    expect(await send(await connect(), { id: "r1", action, payload: {} })).toEqual({
      type: "error",
      request_id: "r1",
      error: { code: "INVALID_ACTION", message: "There is no such action.", retryable: false },
    });
  });
});

describe("when the table fails", () => {
  const frames = [
    ["a long request", { id: "r1", action: "generate_report", payload: { start: "x" } }],
    ["subscribe", { type: "subscribe", request_id: "r1" }],
    ["unsubscribe", { type: "unsubscribe", request_id: "r1" }],
    ["cancel", { type: "cancel", request_id: "r1" }],
  ] as const;
  const unavailable = {
    type: "error",
    request_id: "r1",
    error: { code: "SERVICE_UNAVAILABLE", message: "A service does not answer. Try again later.", retryable: true },
  };

  test.each(frames)("%s is answered with SERVICE_UNAVAILABLE, the log names the verb", async (_, frame) => {
    const missing = { ...table, tableName: "no-such-table" };
    const { clock } = open();
    const { connect, send, log } = open({
      requests: createRequestStore(missing, clock),
      updates: createUpdateStore(missing),
      subscriptions: createSubscriptionStore(missing),
    });
    expect(await send(await connect(), frame)).toEqual(unavailable);
    const [entry] = log.entries("A message could not be answered.");
    expect(entry).toMatchObject({ level: "ERROR", code: "SERVICE_UNAVAILABLE", tenant_id: expect.any(String) as string });
    expect(JSON.stringify(entry?.["error"])).toMatch(/"verb":"(request|subscription)\.\w+"/);
  });

  test("before the connection is found, the same", async () => {
    const { connect, send } = open({ connections: createConnectionStore({ ...table, tableName: "no-such-table" }, open().clock) });
    expect(await send(await connect(), frames[0][1])).toEqual(unavailable);
  });

  test("a defect is answered with INTERNAL_ERROR and none of its text", async () => {
    const requests = { ...open().deps.requests, create: () => Promise.reject(new TypeError("x is not a function")) };
    const { connect, send } = open({ requests });
    expect(await send(await connect(), frames[0][1])).toEqual({
      type: "error",
      request_id: "r1",
      error: { code: "INTERNAL_ERROR", message: "Something went wrong on the server.", retryable: true },
    });
  });
});

describe("what the log gets", () => {
  test("is who asked for what, under one correlation id, and never payloads or tokens", async () => {
    const { connect, send, log, tenantId } = open();
    const connectionId = await connect();
    await send(connectionId, { id: "e1", action: "echo", payload: { message: "SECRET" }, metadata: { note: "SECRET" } });
    await send(connectionId, { id: "r1", action: "generate_report", payload: { start: "SECRET" } });
    await send(connectionId, { id: "r1", action: "generate_report", payload: { start: ["SECRET"] } });
    await send(connectionId, { type: "authenticate", token: "SECRET.SECRET.SECRET" });
    await send(connectionId, { type: "SECRET" });
    expect(log.entries("A request was answered.")).toMatchObject([
      {
        action: "echo",
        request_id: "e1",
        tenant_id: tenantId,
        user_id: "u1",
        connection_id: connectionId,
        reply: "response",
        duration_ms: 0,
      },
      { action: "generate_report", request_id: "r1", reply: "acknowledgment" },
    ]);
    expect(log.entries("A message was refused.").map(({ code }) => code)).toEqual(["VALIDATION_ERROR", "UNAUTHORIZED", "INVALID_MESSAGE"]);
    expect(new Set(log.entries().map((entry) => entry["correlation_id"])).size).toBe(5);
    expect(log.lines.join("")).not.toContain("SECRET");
  });
});

describe("a router is not made", () => {
  // As from JavaScript, where no compiler compares the handlers with the actions.
  const make = (handlers: object, asyncThreshold: Duration = "5 seconds") =>
    createRouter({ actions: sampleActions, handlers: handlers as typeof config.handlers, asyncThreshold }, open().deps);

  test("without a handler for each short action", () => {
    expect(() => make({})).toThrow(new TypeError('The synchronous action "echo" has no handler. Add "echo" to the handlers.'));
  });

  test("with a handler for no short action", () => {
    const handlers = { ...config.handlers, generateReport: () => "done" };
    expect(() => make(handlers)).toThrow(
      new TypeError('The handler "generateReport" belongs to no synchronous action. Remove it, or add the action.'),
    );
  });

  test("with handlers for a list that has other short actions by its own threshold", () => {
    expect(() => make({}, "1 millisecond")).not.toThrow();
    expect(() => make(config.handlers, "1 millisecond")).toThrow('"echo" belongs to no synchronous action');
    expect(() => make(config.handlers, "3 minutes")).toThrow('Add "generateReport" to the handlers');
  });
});
