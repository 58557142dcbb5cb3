import { createFakeClock } from "@streamer/protocol/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { bundleFixtures } from "./fixtures/harness.ts";
import type { FixtureFunctions } from "./fixtures/harness.ts";

const HANDLERS = ["echo", "nothing", "count", "big", "circular", "notJson", "world", "hold", "speak"].map((name) => `simple.${name}`);
let functions: FixtureFunctions;
beforeAll(async () => {
  functions = await bundleFixtures(HANDLERS);
});
afterEach(() => functions.stopPools());
afterAll(() => functions.close());

describe("events and results", () => {
  test("an event and a result go through as JSON", async () => {
    const event = { text: "Ωé\u2028", list: [1, null, { deep: true }] };
    await expect(functions.pool("simple.echo").invoke(event)).resolves.toEqual(event);
    await expect(functions.pool("simple.notJson").invoke({})).resolves.toEqual({
      at: "1970-01-01T00:00:00.000Z",
      list: [null],
      number: null,
    });
  });

  test("a handler that returns nothing gives null, and no event is null", async () => {
    await expect(functions.pool("simple.nothing").invoke({})).resolves.toBeNull();
    await expect(functions.pool("simple.echo").invoke(undefined)).resolves.toBeNull();
  });

  test("a result that JSON cannot hold is a handler error, and the sandbox goes on", async () => {
    const pool = functions.pool("simple.circular");
    await expect(pool.invoke({})).rejects.toMatchObject({ kind: "handler", errorType: "Runtime.MarshalError" });
    expect(pool.stats).toMatchObject({ sandboxes: 1, idle: 1 });
  });

  test("a response over 6 MB fails, one just below passes", async () => {
    const pool = functions.pool("simple.big");
    await expect(pool.invoke(6_291_555)).rejects.toMatchObject({ kind: "response_too_large", errorType: "Function.ResponseSizeTooLarge" });
    await expect(pool.invoke(6_291_554)).resolves.toHaveLength(6_291_554);
  });

  test("an event over 6 MB is refused before the function runs", async () => {
    const pool = functions.pool("simple.echo");
    await expect(pool.invoke("x".repeat(6 * 1024 * 1024))).rejects.toMatchObject({ kind: "request_too_large" });
    expect(pool.stats.sandboxes).toBe(0);
  });
});

describe("an event that waits for a sandbox", () => {
  /** One sandbox, which is busy with a first event until `letGo` is called. */
  async function busyPool(maxWaitMs?: number) {
    const clock = createFakeClock();
    const pool = functions.pool("simple.hold", { clock, concurrency: 1, maxWaitMs, spec: { timeoutMs: 100_000 } });
    const begun = Promise.withResolvers<void>();
    const first = pool.invoke({ ms: 50 }, () => begun.resolve());
    await begun.promise;
    return { clock, pool, first };
  }

  test("longer than it may is refused and never run, and those behind it are", async () => {
    const { clock, pool, first } = await busyPool(1_000);
    const onRunning = vi.fn<() => void>();
    const late = pool.invoke({ ms: 1 }, onRunning).catch((error: unknown) => error);
    await clock.advance(1_001);
    const next = pool.invoke({ ms: 2 });
    await expect(first).resolves.toBe(50);
    await expect(late).resolves.toMatchObject({ kind: "throttled", errorType: "TooManyRequestsException" });
    await expect(next).resolves.toBe(2);
    expect(onRunning).not.toHaveBeenCalled();
    await expect(pool.invoke({ ms: 3 })).resolves.toBe(3);
    expect(pool.stats).toEqual({ sandboxes: 1, idle: 1, queued: 0 });
  });

  test.each([
    ["as long as it may", 1_000],
    ["for ever, unless it is told", undefined],
  ])("waits %s", async (_, maxWaitMs) => {
    const { clock, pool, first } = await busyPool(maxWaitMs);
    const late = pool.invoke({ ms: 1 });
    await clock.advance(1_000);
    await expect(first).resolves.toBe(50);
    await expect(late).resolves.toBe(1);
  });
});

describe("the world a handler sees", () => {
  test("the environment is what was given and Lambda's own, nothing of the host's", async () => {
    vi.stubEnv("STREAMER_HOST_SECRET", "must not be seen");
    const env = { AWS_REGION: "eu-west-1", TABLE: "streamer" };
    const { env: seen } = (await functions.pool("simple.world", { env }).invoke({})) as { env: Record<string, string> };
    vi.unstubAllEnvs();
    expect(Object.keys(seen).toSorted()).toEqual([
      "AWS_EXECUTION_ENV",
      "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
      "AWS_LAMBDA_FUNCTION_NAME",
      "AWS_LAMBDA_FUNCTION_VERSION",
      "AWS_LAMBDA_INITIALIZATION_TYPE",
      "AWS_LAMBDA_LOG_GROUP_NAME",
      "AWS_LAMBDA_LOG_STREAM_NAME",
      "AWS_REGION",
      "LAMBDA_TASK_ROOT",
      "TABLE",
      "_HANDLER",
      "_X_AMZN_TRACE_ID",
    ]);
    expect(seen).toMatchObject({
      ...env,
      AWS_LAMBDA_FUNCTION_NAME: "simple_world",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
      _HANDLER: "simple.world",
    });
    expect(seen["_X_AMZN_TRACE_ID"]).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
  });

  test("the context is Lambda's, with an id per invocation and a deadline", async () => {
    const ids = ["instance", "one", "two"];
    const pool = functions.pool("simple.world", {
      spec: { name: "reporter", timeoutMs: 3_000, memory: "1 GB" },
      env: { AWS_REGION: "eu-west-1" },
      newId: () => ids.pop() ?? "",
    });
    const first = (await pool.invoke({})) as { remaining: number };
    expect(first).toMatchObject({
      context: {
        functionName: "reporter",
        functionVersion: "$LATEST",
        invokedFunctionArn: "arn:aws:lambda:eu-west-1:000000000000:function:reporter",
        memoryLimitInMB: "1024",
        awsRequestId: "two",
        logGroupName: "/aws/lambda/reporter",
        callbackWaitsForEmptyEventLoop: true,
      },
    });
    expect(first.remaining).toBeGreaterThan(2_000);
    expect(first.remaining).toBeLessThanOrEqual(3_000);
  });

  test("what it writes arrives line by line, the last one too", async () => {
    const pool = functions.pool("simple.speak");
    await pool.invoke("one\ntwo\n\nfour");
    await pool.stop();
    expect(functions.lines.filter((line) => line !== "to the error output")).toEqual(["one", "two", "", "four"]);
    expect(functions.lines).toContain("to the error output");
  });
});

describe("the platform's report of an invocation", () => {
  const record = (status: string, init: boolean) => ({
    type: "platform.report",
    time: expect.any(String) as string,
    record: {
      requestId: expect.any(String) as string,
      status,
      metrics: {
        durationMs: expect.any(Number) as number,
        billedDurationMs: expect.any(Number) as number,
        memorySizeMB: 128,
        ...(init ? { initDurationMs: expect.any(Number) as number } : {}),
      },
    },
  });

  test("tells of each how it ended and how long it took, of a sandbox's first also its cold start", async () => {
    const pool = functions.pool("simple.hold");
    await pool.invoke({ ms: 20 });
    await pool.invoke({ ms: 0 });
    expect(functions.reports).toEqual([record("success", true), record("success", false)]);
    const [first] = functions.reports as readonly { readonly record: { readonly metrics: Readonly<Record<string, number>> } }[];
    const { durationMs = 0, billedDurationMs = 0, initDurationMs = 0 } = first?.record.metrics ?? {};
    expect(durationMs).toBeGreaterThanOrEqual(19);
    expect(initDurationMs).toBeGreaterThan(0);
    expect(billedDurationMs).toBe(Math.ceil(durationMs + initDurationMs));
  });

  test("tells of one that could not give its result", async () => {
    await expect(functions.pool("simple.circular").invoke({})).rejects.toMatchObject({ kind: "handler" });
    expect(functions.reports).toEqual([record("error", true)]);
  });
});

describe("sandboxes", () => {
  test("a warm sandbox is used again", async () => {
    const pool = functions.pool("simple.count", { concurrency: 5 });
    expect([await pool.invoke({}), await pool.invoke({}), await pool.invoke({})]).toEqual([1, 2, 3]);
    expect(pool.stats.sandboxes).toBe(1);
  });

  test("each sandbox takes one event at a time; more are started up to the concurrency", async () => {
    const pool = functions.pool("simple.hold", { concurrency: 3 });
    // Long beside a thread's start on a busy machine: all three are to be held at one moment.
    const held = Array.from({ length: 5 }, () => pool.invoke({ ms: 500 }));
    await vi.waitFor(() => expect(pool.stats).toEqual({ sandboxes: 3, idle: 0, queued: 2 }), { interval: 1, timeout: 10_000 });
    await Promise.all(held);
    expect(pool.stats).toEqual({ sandboxes: 3, idle: 3, queued: 0 });
  });

  test("events beyond the concurrency wait in order", async () => {
    const pool = functions.pool("simple.hold");
    const done: number[] = [];
    await Promise.all([9, 8, 7, 6, 5].map(async (ms) => done.push((await pool.invoke({ ms })) as number)));
    expect(done).toEqual([9, 8, 7, 6, 5]);
  });

  test("no more idle sandboxes are kept than asked for", async () => {
    const pool = functions.pool("simple.hold", { concurrency: 3, maxIdle: 1 });
    await Promise.all([pool.invoke({ ms: 20 }), pool.invoke({ ms: 20 }), pool.invoke({ ms: 20 })]);
    await vi.waitFor(() => expect(pool.stats).toEqual({ sandboxes: 1, idle: 1, queued: 0 }));
  });

  test("warm starts one ahead", async () => {
    const pool = functions.pool("simple.count", { concurrency: 2 });
    await pool.warm();
    expect(pool.stats).toEqual({ sandboxes: 1, idle: 1, queued: 0 });
    await pool.warm();
    expect(pool.stats.sandboxes).toBe(1);
  });

  test("stop kills what runs, refuses what waits and comes after", async () => {
    const pool = functions.pool("simple.hold");
    const running = pool.invoke({ ms: 60_000 });
    const waiting = pool.invoke({ ms: 60_000 });
    await vi.waitFor(() => expect(pool.stats).toEqual({ sandboxes: 1, idle: 0, queued: 1 }), { interval: 1, timeout: 10_000 });
    const settled = Promise.allSettled([running, waiting]);
    await pool.stop();
    for (const { reason } of (await settled) as PromiseRejectedResult[]) expect(reason).toMatchObject({ kind: "stopped" });
    await expect(pool.invoke({})).rejects.toMatchObject({ kind: "stopped" });
    expect(pool.stats).toEqual({ sandboxes: 0, idle: 0, queued: 0 });
  });

  test("stop while a sandbox starts ends it and leaves no failure in the log", async () => {
    const pool = functions.pool("simple.echo");
    const error = pool.invoke({}).catch((reason: unknown) => reason);
    await pool.stop();
    await expect(error).resolves.toMatchObject({ kind: "stopped" });
    expect(functions.failures).toEqual([]);
  });

  test("the timeout runs on the clock it is given", async () => {
    const clock = createFakeClock();
    const pool = functions.pool("simple.hold", { clock, spec: { timeoutMs: 14 * 60_000 } });
    await pool.warm();
    const error = pool.invoke({ ms: 60_000 }).catch((reason: unknown) => reason);
    await clock.advance(14 * 60_000);
    await expect(error).resolves.toMatchObject({ kind: "timeout", errorMessage: "Task timed out after 840.00 seconds" });
  });
});
