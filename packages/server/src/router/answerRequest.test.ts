import { defineAction, ForbiddenError, MAX_MESSAGE_BYTES, TRACEPARENT_PATTERN } from "@streamer/protocol";
import * as v from "valibot";
import { beforeAll, describe, expect, test } from "vitest";
import { createRouterHarness } from "../testing/routerHarness.ts";
import { sampleActions } from "../testing/sampleActions.ts";
import type { SampleActions } from "../testing/sampleActions.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "../table/entities/model.ts";
import type { Handler } from "./handlers.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

/** A connection to a router whose short action does this. */
async function open(echo: Handler<SampleActions["echo"]>) {
  const harness = createRouterHarness(table, { actions: sampleActions, handlers: { echo } });
  const connectionId = await harness.connect({ permissions: ["reports:write"] });
  const send = (request: object = {}) =>
    harness.send(connectionId, { id: "e1", action: "echo", payload: { message: "Hello, Streamer!" }, ...request });
  return { ...harness, send };
}

const answer = (data: unknown) => ({ type: "response", request_id: "e1", success: true, data });

describe("a short action", () => {
  test("is answered with its result", async () => {
    const { send } = await open(({ input }) => ({ message: input.message }));
    expect(await send()).toEqual(answer({ message: "Hello, Streamer!" }));
  });

  test("gets the parsed payload and who asks", async () => {
    const { send, tenantId } = await open(({ signal, logger, ...context }) => ({
      ...context,
      aborted: signal.aborted,
      level: logger.getLevelName(),
    }));
    expect(await send({ metadata: { source: "test" } })).toEqual(
      answer({
        input: { message: "Hello, Streamer!", times: 1 },
        requestId: "e1",
        tenantId,
        userId: "u1",
        permissions: ["reports:write"],
        metadata: { source: "test" },
        correlationId: "correlation-1",
        traceparent: expect.stringMatching(TRACEPARENT_PATTERN) as string,
        aborted: false,
        level: "INFO",
      }),
    );
  });

  test("is given an id when the client made none", async () => {
    const { send } = await open(() => "done");
    expect(await send({ id: undefined })).toMatchObject({ type: "response", request_id: expect.stringMatching(/^made-\d+$/) as string });
  });

  test("is not remembered: the same id runs again, and nothing is stored", async () => {
    let runs = 0;
    const { send, deps, tenantId } = await open(() => (runs += 1));
    expect([await send(), await send()]).toEqual([answer(1), answer(2)]);
    expect(await deps.requests.getConsistent({ tenantId, requestId: "e1" })).toBeUndefined();
  });

  test("that gives nothing is answered with null", async () => {
    const { send } = await open(() => undefined);
    expect(await send()).toEqual(answer(null));
  });

  test("leaves no timer behind", async () => {
    const { send, clock } = await open(() => "done");
    await send();
    expect(clock.pending).toBe(0);
  });
});

test("a payload that does not fit is refused with its issues, and the action does not run", async () => {
  let runs = 0;
  const { send } = await open(() => (runs += 1));
  expect(await send({ payload: { message: 5 } })).toEqual({
    type: "error",
    request_id: "e1",
    error: {
      code: "VALIDATION_ERROR",
      message: "The payload is not valid.",
      retryable: false,
      details: { issues: [{ path: "message", message: "Invalid type: Expected string but received 5" }] },
    },
  });
  expect(runs).toBe(0);
});

describe("a short action that fails", () => {
  const failed = (code: string) => ({ type: "response", request_id: "e1", success: false, error: { code } });

  test.each([["throws"], ["rejects"]])("%s: the client learns no more than that, the log learns why", async (how) => {
    const { send, log } = await open(() => {
      const error = new Error("db-7.internal refused password hunter2");
      if (how === "rejects") return Promise.reject(error);
      throw error;
    });
    const reply = await send();
    expect(reply).toEqual({
      ...failed("PROCESSING_FAILED"),
      error: { code: "PROCESSING_FAILED", message: "The action failed.", retryable: false },
    });
    expect(log.entries("A handler failed.")).toMatchObject([
      { level: "ERROR", code: "PROCESSING_FAILED", request_id: "e1", action: "echo" },
    ]);
    expect(log.lines.join()).toContain("db-7.internal");
  });

  test("by an error of the protocol keeps its code and details", async () => {
    const { send } = await open(() => {
      throw new ForbiddenError({ details: { missing: ["admin"] } });
    });
    expect(await send()).toMatchObject({ ...failed("FORBIDDEN"), error: { details: { missing: ["admin"] } } });
  });

  test("by a result that is not JSON", async () => {
    const { send } = await open(() => ({ count: 1n }));
    expect(await send()).toMatchObject(failed("PROCESSING_FAILED"));
  });

  test("by a result that its own schema refuses: the client is not told of a payload it did not send", async () => {
    const strict = defineAction("echo", { input: v.object({}), output: v.object({ n: v.number() }), estimatedDuration: "1 second" });
    const harness = createRouterHarness(table, {
      actions: { echo: strict },
      handlers: { echo: () => ({ n: "5" as unknown as number }) },
    });
    const reply = await harness.send(await harness.connect(), { id: "e1", action: "echo" });
    expect(reply).toMatchObject(failed("PROCESSING_FAILED"));
    expect(JSON.stringify(reply)).not.toContain("issues");
  });

  test("by error details that are not JSON is still answered", async () => {
    const { send } = await open(() => {
      throw new ForbiddenError({ details: { count: 1n } });
    });
    expect(await send()).toMatchObject({ type: "error", request_id: "e1", error: { code: "INTERNAL_ERROR" } });
  });

  test("by error details that are over a message's size is still answered", async () => {
    const { send } = await open(() => {
      throw new ForbiddenError({ details: { text: "x".repeat(MAX_MESSAGE_BYTES) } });
    });
    expect(await send()).toMatchObject({ type: "error", request_id: "e1", error: { code: "RESULT_TOO_LARGE" } });
  });
});

describe("a result's size", () => {
  test("that leaves 256 bytes of a message for the frame around it is sent", async () => {
    const { send } = await open(() => "é".repeat((MAX_MESSAGE_BYTES - 256 - 2) / 2));
    expect(await send()).toMatchObject({ success: true });
  });

  test("one byte larger is refused, with both sizes", async () => {
    const { send } = await open(() => "x".repeat(MAX_MESSAGE_BYTES - 256 - 1));
    const details = { size_bytes: MAX_MESSAGE_BYTES + 1, limit_bytes: MAX_MESSAGE_BYTES };
    expect(await send()).toMatchObject({ success: false, error: { code: "RESULT_TOO_LARGE", retryable: false, details } });
  });
});

describe("an action's timeout", () => {
  test("answers TIMEOUT, tells the handler by its signal, and drops what the handler gives later", async () => {
    const started = Promise.withResolvers<AbortSignal>();
    const late = Promise.withResolvers<string>();
    const { send, clock } = await open(({ signal }) => {
      started.resolve(signal);
      return late.promise;
    });
    const reply = send();
    const signal = await started.promise;
    await clock.advance(1_999);
    expect(signal.aborted).toBe(false);
    await clock.advance(1);
    expect(await reply).toMatchObject({ success: false, error: { code: "TIMEOUT", retryable: true } });
    expect(signal.reason).toMatchObject({ code: "TIMEOUT" });
    expect(clock.pending).toBe(0);
    late.resolve("too late");
  });

  test("answers TIMEOUT too when the handler ends by throwing the signal's reason", async () => {
    const started = Promise.withResolvers<void>();
    const { send, clock } = await open(({ signal }) => {
      started.resolve();
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
    });
    const reply = send();
    await started.promise;
    await clock.advance(2_000);
    expect(await reply).toMatchObject({ success: false, error: { code: "TIMEOUT" } });
  });
});
