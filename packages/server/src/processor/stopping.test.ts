import { CancelledError, defineAction, SETTLE_RESERVE_MS, TimeoutError } from "@streamer/protocol";
import { beforeAll, describe, expect, it, vi } from "vitest";
import * as v from "valibot";
import { createProcessorHarness } from "../testing/processorHarness.ts";
import type { ProcessorHarness, ProcessorHarnessOptions } from "../testing/processorHarness.ts";
import { createRawTable } from "../testing/rawTable.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "../table/entities/model.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import { ABORT_GRACE_MS } from "./attempt.ts";
import type { ProcessorContext, Run } from "./context.ts";
import { LeaseLostError, MAX_HEARTBEAT_INTERVAL_MS } from "./lease.ts";

const TIMEOUT_MS = 30_000;
const action = defineAction("make_report", {
  input: v.object({}),
  output: v.null(),
  estimatedDuration: "1 minute",
  timeout: "30 seconds",
  retry: { attempts: 1 },
});
type Context = ProcessorContext<typeof action>;

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

interface Started extends ProcessorHarness {
  readonly request: StoredRequest;
  readonly context: Context;
  /** The processor's answer, once it is there. */
  readonly answer: Promise<unknown>;
}

/** A request whose work has begun. */
async function start(run: Run<typeof action>, options?: ProcessorHarnessOptions): Promise<Started> {
  const begun = Promise.withResolvers<Context>();
  const one = createProcessorHarness(
    table,
    action,
    (context) => {
      begun.resolve(context);
      return run(context);
    },
    options,
  );
  const request = await one.submit({});
  const answer = one.process(request);
  return { ...one, request, answer, context: await begun.promise };
}

/** Work that ends as soon as it is told to. */
const obedient: Run<typeof action> = ({ signal }) =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
/** Work that does not listen. */
const deaf: Run<typeof action> = () => new Promise(() => {});
/** Work that stops when it is told to, and gives back what it has as if nothing had happened. */
const graceful: Run<typeof action> = ({ signal }) =>
  new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });

describe("work that is not done in its time", () => {
  it("is told so, fails with TIMEOUT, and what it reported is saved", async () => {
    const { request, answer, context, clock, received, stored } = await start(async (given) => {
      given.progress(40, "Halfway");
      await given.flush();
      given.progress(45, "A little more");
      return obedient(given);
    });
    await vi.waitFor(() => expect(received(request)).toHaveLength(1));
    await clock.advance(TIMEOUT_MS - 1);
    expect(context.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(context.signal.reason).toBeInstanceOf(TimeoutError);
    expect(await answer).toEqual({ batchItemFailures: [] });
    expect(received(request)).toMatchObject([
      { percentage: 40 },
      { percentage: 45, message: "A little more" },
      { type: "error", error: { code: "TIMEOUT", retryable: true }, final: true },
    ]);
    expect(await stored(request)).toMatchObject({ status: "failed", lastProgress: 45, error: { code: "TIMEOUT" } });
    expect(clock.pending).toBe(0);
  });

  it("and ignores the signal is left behind after ten seconds of grace", async () => {
    const { request, answer, clock, stored } = await start(deaf);
    await clock.advance(TIMEOUT_MS + ABORT_GRACE_MS - 1);
    expect(await stored(request)).toMatchObject({ status: "processing" });
    await clock.advance(1);
    expect(await answer).toEqual({ batchItemFailures: [] });
    expect(await stored(request)).toMatchObject({ status: "failed", error: { code: "TIMEOUT" } });
    expect(clock.pending).toBe(0);
  });

  it("cannot report any more once it was left behind", async () => {
    const { request, answer, context, clock, received } = await start(deaf);
    await clock.advance(TIMEOUT_MS + ABORT_GRACE_MS);
    await answer;
    const before = received(request);
    context.progress(99, "Still here");
    await context.flush();
    expect(received(request)).toEqual(before);
    expect(clock.pending).toBe(0);
  });

  it("fails with TIMEOUT also when it gives a result after the signal", async () => {
    const { request, answer, clock, received } = await start(graceful);
    await clock.advance(TIMEOUT_MS);
    await answer;
    expect(received(request)).toMatchObject([{ type: "error", error: { code: "TIMEOUT" } }]);
  });

  it("is stopped a minute before Lambda ends, when that comes first", async () => {
    const { context, answer, clock } = await start(obedient, { remainingMs: SETTLE_RESERVE_MS + 17_000 });
    await clock.advance(16_999);
    expect(context.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(context.signal.reason).toBeInstanceOf(TimeoutError);
    await answer;
  });
});

describe("a request that is cancelled while it runs", () => {
  it("is stopped at the next heartbeat, and ends as cancelled with the reason that was given", async () => {
    const { request, answer, context, clock, deps, received, stored } = await start(obedient);
    await deps.requests.requestCancel(request, "user pressed stop");
    await clock.advance(MAX_HEARTBEAT_INTERVAL_MS - 1);
    expect(context.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(await answer).toEqual({ batchItemFailures: [] });
    expect(context.signal.reason).toBeInstanceOf(CancelledError);
    expect(received(request)).toEqual([{ type: "cancelled", request_id: request.requestId, reason: "user pressed stop" }]);
    expect(await stored(request)).toMatchObject({ status: "cancelled", cancelReason: "user pressed stop", attempt: 1 });
    expect(clock.pending).toBe(0);
  });

  it("keeps what it reported before", async () => {
    const { request, answer, clock, deps, received, stored } = await start((context) => {
      context.progress(30, "Querying");
      return obedient(context);
    });
    await deps.requests.requestCancel(request, undefined);
    await clock.advance(MAX_HEARTBEAT_INTERVAL_MS);
    await answer;
    expect(received(request)).toMatchObject([{ percentage: 30 }, { type: "cancelled" }]);
    expect(await stored(request)).toMatchObject({ status: "cancelled", lastProgress: 30 });
  });

  it("ends as cancelled also when its work ignores the signal, after the grace", async () => {
    const { request, answer, context, clock, deps, received } = await start(deaf);
    await deps.requests.requestCancel(request, undefined);
    await clock.advance(MAX_HEARTBEAT_INTERVAL_MS);
    await vi.waitFor(() => expect(context.signal.aborted).toBe(true));
    await clock.advance(ABORT_GRACE_MS);
    await answer;
    expect(received(request)).toEqual([{ type: "cancelled", request_id: request.requestId }]);
    expect(clock.pending).toBe(0);
  });

  it("and whose work is done before it is told is completed: the result is there", async () => {
    const done = Promise.withResolvers<null>();
    const { request, answer, deps, received } = await start(() => done.promise);
    await deps.requests.requestCancel(request, undefined);
    done.resolve(null);
    await answer;
    expect(received(request).at(-1)).toMatchObject({ type: "complete" });
  });
});

it("a request that was cancelled under a worker that died is cancelled by the next, and not run", async () => {
  let runs = 0;
  const one = createProcessorHarness(table, action, async () => {
    runs += 1;
    return null;
  });
  const request = await one.submit({});
  await one.deps.requests.claim(request, 60_000);
  await one.deps.requests.requestCancel(request, "no need");
  await createRawTable(table).force(request, { lease_expires_at: one.clock.now() });
  expect(await one.process(request)).toEqual({ batchItemFailures: [] });
  expect(runs).toBe(0);
  expect(one.received(request)).toEqual([{ type: "cancelled", request_id: request.requestId, reason: "no need" }]);
  expect(one.clock.pending).toBe(0);
});

describe("a worker that lost its lease to another", () => {
  const takeOver = async ({ deps, request }: Started): Promise<void> => {
    await deps.requests.release(request, 1);
    await deps.requests.claim(request, 60_000);
  };

  /** Work that reports once more when it is told to stop. */
  const lateReport: Run<typeof action> = async (context) => {
    context.progress(10, "Starting");
    await context.flush();
    await obedient(context).catch(() => {});
    context.progress(90, "Too late");
    await context.flush();
    return null;
  };

  it("is told at its next heartbeat; from there on it stores, sends and settles nothing", async () => {
    const one = await start(lateReport);
    await vi.waitFor(() => expect(one.received(one.request)).toHaveLength(1));
    await takeOver(one);
    await one.clock.advance(MAX_HEARTBEAT_INTERVAL_MS);
    expect(await one.answer).toEqual({ batchItemFailures: [] });
    expect(one.context.signal.reason).toBeInstanceOf(LeaseLostError);
    expect(one.received(one.request)).toMatchObject([{ type: "progress", percentage: 10 }]);
    expect(await one.deps.updates.lastSequence(one.request)).toBe(1_000_001);
    expect(await one.stored(one.request)).toMatchObject({ status: "processing", attempt: 2, lastProgress: undefined });
    expect(one.clock.pending).toBe(0);
  });

  it("settles nothing even when it is done before it is told", async () => {
    const done = Promise.withResolvers<null>();
    const one = await start(() => done.promise);
    await takeOver(one);
    done.resolve(null);
    expect(await one.answer).toEqual({ batchItemFailures: [] });
    expect(one.received(one.request).filter((message) => message.type !== "progress")).toEqual([]);
    expect(await one.stored(one.request)).toMatchObject({ status: "processing", attempt: 2, result: undefined });
  });

  it("does not send the outcome of somebody else's attempt either, when the request has ended", async () => {
    const done = Promise.withResolvers<null>();
    const one = await start(() => done.promise);
    await takeOver(one);
    await one.deps.requests.complete(one.request, 2, { body: '"of the second"', files: {} }, undefined);
    done.resolve(null);
    await one.answer;
    expect(one.received(one.request).filter((message) => message.type !== "progress")).toEqual([]);
    expect(await one.stored(one.request)).toMatchObject({ status: "completed", result: '"of the second"' });
  });
});
