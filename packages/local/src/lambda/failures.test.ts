import { createFakeClock } from "@streamer/protocol/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { FunctionError } from "./functionError.ts";
import { bundleFixtures } from "./fixtures/harness.ts";
import type { FixtureFunctions } from "./fixtures/harness.ts";

const HANDLERS = [
  ...["throws", "throwsText", "exits", "uncaught", "unhandled", "spins", "eats"].map((name) => `failing.${name}`),
  "brokenInit.handler",
  "slowInit.handler",
  "exitingInit.handler",
  "simple.withCallback",
  "simple.notFunction",
];
let functions: FixtureFunctions;
beforeAll(async () => {
  functions = await bundleFixtures(HANDLERS);
});
afterEach(() => functions.stopPools());
afterAll(() => functions.close());

describe("a handler that throws", () => {
  test("rejects with its name, message and stack, and keeps its sandbox", async () => {
    const pool = functions.pool("failing.throws");
    const error = await pool.invoke({ fail: true }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FunctionError);
    expect(error).toMatchObject({
      kind: "handler",
      functionName: "failing_throws",
      errorType: "OutOfStock",
      errorMessage: "no umbrellas left",
    });
    expect((error as FunctionError).trace).toMatch(/at throws .*failing\.ts:\d+/);
    await expect(pool.invoke({ fail: false })).resolves.toBe(2);
    expect(functions.failures).toMatchObject([{ fields: { kind: "handler", requestId: (error as FunctionError).requestId } }]);
  });

  test("may throw what is no error", async () => {
    await expect(functions.pool("failing.throwsText").invoke({})).rejects.toMatchObject({
      kind: "handler",
      errorType: "string",
      errorMessage: "just text",
    });
  });
});

describe("a handler that is too slow", () => {
  test("is killed even when it never gives the thread back, and the next event gets a fresh sandbox", async () => {
    const pool = functions.pool("failing.spins", { spec: { timeoutMs: 300 } });
    await expect(pool.invoke({ forever: true })).rejects.toMatchObject({
      kind: "timeout",
      errorType: "Sandbox.Timedout",
      errorMessage: "Task timed out after 0.30 seconds",
    });
    expect(functions.lines).toEqual(["spinning"]);
    expect(functions.reports).toMatchObject([{ record: { status: "timeout" } }]);
    await expect(pool.invoke({ forever: false })).resolves.toBe("done");
  });
});

describe("a crash under the handler", () => {
  test("process.exit, with what it wrote before", async () => {
    const pool = functions.pool("failing.exits");
    await expect(pool.invoke(3)).rejects.toMatchObject({
      kind: "crash",
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringContaining("code 3"),
    });
    expect(functions.lines).toEqual(["last words"]);
    expect(functions.reports).toMatchObject([{ record: { status: "failure" } }]);
    await expect(pool.invoke(0)).rejects.toMatchObject({ kind: "crash" });
  });

  test.each(["uncaught", "unhandled"])("an %s exception", async (name) => {
    const errorMessage = name === "uncaught" ? "from a timer" : "nobody catches me";
    await expect(functions.pool(`failing.${name}`).invoke({})).rejects.toMatchObject({
      kind: "crash",
      errorType: "OutOfStock",
      errorMessage,
    });
  });

  test("no memory left", async () => {
    await expect(functions.pool("failing.eats").invoke({})).rejects.toMatchObject({ kind: "crash" });
  }, 20_000);
});

describe("a module that does not start", () => {
  test("rejects the events that wait, each with a try of its own", async () => {
    const pool = functions.pool("brokenInit.handler");
    const both = await Promise.allSettled([pool.invoke({}), pool.invoke({})]);
    for (const { reason } of both as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ kind: "init", errorType: "TypeError", errorMessage: "the top level failed" });
    }
    expect(pool.stats).toEqual({ sandboxes: 0, idle: 0, queued: 0 });
    await expect(pool.warm()).rejects.toMatchObject({ kind: "init" });
  });

  test("while it is started ahead leaves the event that waits for it to another", async () => {
    let starts = 0;
    const crashesOnce = { onStart: () => ({ crashes: (starts += 1) === 1, clockSkewMs: 0 }), onInvoke: () => undefined };
    const pool = functions.pool("failing.spins", { faults: crashesOnce });
    const warmed = pool.warm();
    const answered = pool.invoke({ forever: false });
    await expect(warmed).rejects.toMatchObject({ kind: "init" });
    await expect(answered).resolves.toBe("done");
    expect(starts).toBe(2);
  });

  test("that ends the process", async () => {
    await expect(functions.pool("exitingInit.handler").invoke({})).rejects.toMatchObject({ kind: "init", errorType: "Runtime.ExitError" });
  });

  test("that takes more than ten seconds is begun anew, and may then take the function's own timeout", async () => {
    const clock = createFakeClock();
    const pool = functions.pool("slowInit.handler", { clock });
    const error = pool.invoke({}).catch((reason: unknown) => reason);
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    await clock.advance(10_000);
    await vi.waitFor(() => expect(functions.failures).toHaveLength(1));
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    await clock.advance(4_999);
    expect(functions.failures).toHaveLength(1);
    await clock.advance(1);
    await expect(error).resolves.toMatchObject({
      kind: "init_timeout",
      errorMessage: "The module's top level was not done after 5 seconds.",
    });
    expect(pool.stats).toMatchObject({ sandboxes: 0, queued: 0 });
  });

  test("whose handler is not a function, or takes a callback", async () => {
    await expect(functions.pool("simple.notFunction").invoke({})).rejects.toMatchObject({
      kind: "init",
      errorType: "Runtime.HandlerNotFound",
    });
    await expect(functions.pool("simple.withCallback").invoke({})).rejects.toMatchObject({
      kind: "init",
      errorType: "Runtime.CallbackHandlerDeprecated",
    });
  });
});
