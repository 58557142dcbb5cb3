import { defineAction, ForbiddenError, ServiceUnavailableError, TimeoutError } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import * as v from "valibot";
import { createProcessorHarness } from "../testing/processorHarness.ts";
import type { ProcessorHarness, ProcessorHarnessOptions } from "../testing/processorHarness.ts";
import { createRawTable } from "../testing/rawTable.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "../table/entities/model.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import type { Run } from "./context.ts";
import { RetryableError, StepInProgressError, TerminalError } from "./errors.ts";

const action = defineAction("make_report", {
  input: v.object({}),
  output: v.string(),
  estimatedDuration: "1 minute",
  timeout: "30 seconds",
  retry: { attempts: 3, minDelay: "2 seconds", maxDelay: "1 minute", factor: 4 },
});
type Work = Run<typeof action>;
const DONE = { batchItemFailures: [] };
const BACK = { batchItemFailures: [{ itemIdentifier: "message-0" }] };

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

async function submitted(run: Work, options?: ProcessorHarnessOptions): Promise<ProcessorHarness & { readonly request: StoredRequest }> {
  const one = createProcessorHarness(table, action, run, options);
  return { ...one, request: await one.submit({}) };
}
/** The first attempt fails by this, the second succeeds. */
const failingOnce =
  (error: unknown): Work =>
  async ({ attempt }) => {
    if (attempt === 1) throw error;
    return "done";
  };
const typesOf = (messages: readonly ServerMessage[]): string[] => messages.map(({ type }) => type);

describe("an attempt that fails", () => {
  it("lets its request wait: stored first, then told, and the message goes back for as long", async () => {
    const { process, request, stored, received, postponed, clock } = await submitted(failingOnce(new Error("flaky")));
    expect(await process(request)).toEqual(BACK);
    const retryAt = clock.now() + 2_000;
    expect(await stored(request)).toMatchObject({
      status: "retrying",
      attempt: 1,
      retryAt,
      failureReason: "Error: flaky",
      error: undefined,
    });
    expect(received(request)).toEqual([
      { type: "status", request_id: request.requestId, status: "retrying", attempt: 1, retry_at: Math.ceil(retryAt / 1000) },
    ]);
    expect(postponed).toEqual([{ receiptHandle: "receipt-0", delayMs: 2_000 }]);
    expect(clock.pending).toBe(0);
  });

  it("is followed by another when its time has come, and the client never heard of a failure", async () => {
    const { process, request, received, clock } = await submitted(failingOnce(new Error("flaky")));
    await process(request);
    await clock.advance(2_000);
    expect(await process(request)).toEqual(DONE);
    expect(typesOf(received(request))).toEqual(["status", "progress", "complete"]);
    expect(received(request)[1]).toMatchObject({ attempt: 2, sequence: 2_000_001, previous: 0 });
  });

  it("continues the line of updates of those before it", async () => {
    const { process, request, received, clock } = await submitted(async ({ attempt, progress }) => {
      progress(attempt * 10, "step");
      if (attempt === 1) throw new Error("flaky");
      return "done";
    });
    await process(request);
    await clock.advance(2_000);
    await process(request);
    const updates = received(request).flatMap((message) => (message.type === "progress" ? [[message.sequence, message.previous]] : []));
    expect(updates.slice(0, 2)).toEqual([
      [1_000_001, 0],
      [2_000_001, 1_000_001],
    ]);
  });

  it("finds its message put back when that comes too early, and never deleted", async () => {
    const { process, request, postponed, clock } = await submitted(failingOnce(new Error("flaky")));
    await process(request);
    await clock.advance(500);
    expect(await process(request)).toEqual(BACK);
    expect(postponed.at(-1)).toEqual({ receiptHandle: "receipt-0", delayMs: 1_500 });
  });

  it("is followed by longer and longer waits, and by the end when no attempts are left", async () => {
    const { process, request, stored, received, postponed, clock } = await submitted(() => Promise.reject(new Error("always")));
    expect(await process(request)).toEqual(BACK);
    await clock.advance(2_000);
    expect(await process(request)).toEqual(BACK);
    await clock.advance(8_000);
    expect(await process(request)).toEqual(DONE);
    expect(postponed.map(({ delayMs }) => delayMs)).toEqual([2_000, 8_000]);
    expect(typesOf(received(request))).toEqual(["status", "status", "error"]);
    expect(await stored(request)).toMatchObject({
      status: "failed",
      attempt: 3,
      error: { code: "PROCESSING_FAILED" },
      failureReason: "Error: always",
    });
  });

  it("whose message cannot be put back is tried again all the same, when the message comes by itself", async () => {
    const queue = { postpone: () => Promise.reject(new Error("SQS is down")) };
    const { process, request, stored, log } = await submitted(failingOnce(new Error("flaky")), { deps: { queue } });
    expect(await process(request)).toEqual(BACK);
    expect(await stored(request)).toMatchObject({ status: "retrying" });
    expect(log.entries("A message could not be put back for a chosen time.")).toHaveLength(1);
  });
});

describe("what is tried again", () => {
  it.each([
    ["any error", new Error("x")],
    ["something that is no error", "text"],
    ["an error of the protocol that is retryable", new ServiceUnavailableError()],
    ["a timeout", new TimeoutError()],
    ["a RetryableError", new RetryableError("busy")],
  ])("%s", async (_, error) => {
    const { process, request, stored } = await submitted(failingOnce(error));
    await process(request);
    expect(await stored(request)).toMatchObject({ status: "retrying" });
  });

  it.each([
    ["a TerminalError", new TerminalError("no such customer", { details: { customer: 7 } }), "PROCESSING_FAILED", { customer: 7 }],
    ["an error of the protocol that is not", new ForbiddenError(), "FORBIDDEN", undefined],
  ])("not %s", async (_, error, code, details) => {
    const { process, request, stored, received } = await submitted(failingOnce(error));
    expect(await process(request)).toEqual(DONE);
    expect(await stored(request)).toMatchObject({ status: "failed", attempt: 1, error: { code } });
    expect(received(request).at(-1)).toMatchObject({ error: { code, ...(details === undefined ? {} : { details }) }, final: true });
  });

  it("not a result that does not fit the output schema: the same work would give it again", async () => {
    const { process, request, stored } = await submitted((async () => 1) as unknown as Work);
    await process(request);
    expect(await stored(request)).toMatchObject({ status: "failed", attempt: 1 });
  });
});

describe("a RetryableError", () => {
  it("says when the next attempt may start", async () => {
    const { process, request, stored, clock } = await submitted(failingOnce(new RetryableError("busy", { retryAfter: "5 minutes" })));
    await process(request);
    expect(await stored(request)).toMatchObject({ retryAt: clock.now() + 300_000 });
  });

  it("is held to 12 hours, SQS's longest", async () => {
    const { process, request, postponed } = await submitted(failingOnce(new RetryableError("busy", { retryAfter: "90 days" })));
    await process(request);
    expect(postponed).toMatchObject([{ delayMs: 12 * 3_600_000 }]);
  });

  it("gives its details to the client when no attempts are left", async () => {
    const run: Work = () => Promise.reject(new RetryableError("busy", { details: { service: "bank" } }));
    const { process, request, received } = await submitted(run);
    await createRawTable(table).force(request, { attempt: 2 });
    await process(request);
    expect(received(request).at(-1)).toMatchObject({ error: { code: "PROCESSING_FAILED", details: { service: "bank" } } });
  });

  it("refuses a time that is none", () => {
    expect(() => new RetryableError("busy", { retryAfter: "soon" as "1 second" })).toThrow(RangeError);
  });
});

it("a step that an earlier attempt may still run is waited for, at no attempt's cost", async () => {
  const { process, request, stored, clock } = await submitted(async ({ attempt }) => {
    if (attempt < 6) throw new StepInProgressError("charge", clock.now() + 30_000);
    return "done";
  });
  for (let attempt = 1; attempt < 6; attempt += 1) {
    expect(await process(request)).toEqual(BACK);
    expect(await stored(request)).toMatchObject({ status: "retrying", attempt, uncountedAttempts: attempt, retryAt: clock.now() + 30_000 });
    await clock.advance(30_000);
  }
  expect(await process(request)).toEqual(DONE);
  expect(await stored(request)).toMatchObject({ status: "completed", attempt: 6 });
});

it("a request whose end was asked for while its last work failed is cancelled, not tried again", async () => {
  const { process, request, stored, received, deps } = await submitted(async ({ requestId, tenantId }) => {
    await deps.requests.requestCancel({ requestId, tenantId }, "changed my mind");
    throw new Error("flaky");
  });
  expect(await process(request)).toEqual(DONE);
  expect(await stored(request)).toMatchObject({ status: "cancelled" });
  expect(received(request)).toEqual([{ type: "cancelled", request_id: request.requestId, reason: "changed my mind" }]);
});

it("a failure of an attempt that lost its request to another is dropped", async () => {
  const { process, request, stored, received, log } = await submitted(async ({ requestId, tenantId }) => {
    await createRawTable(table).force({ requestId, tenantId }, { attempt: 2 });
    throw new Error("flaky");
  });
  expect(await process(request)).toEqual(DONE);
  expect(await stored(request)).toMatchObject({ status: "processing", attempt: 2 });
  expect(received(request)).toEqual([]);
  expect(log.entries("The request was settled or taken over by somebody else; this attempt's failure is dropped.")).toHaveLength(1);
});

describe("a message", () => {
  it("that comes with too little time left is put back at once, and no attempt is spent", async () => {
    const { process, request, stored, postponed } = await submitted(failingOnce(new Error("must not run")), { remainingMs: 74_999 });
    expect(await process(request)).toEqual(BACK);
    expect(await stored(request)).toMatchObject({ status: "pending", attempt: 0 });
    expect(postponed).toEqual([{ receiptHandle: "receipt-0", delayMs: 0 }]);
  });

  it.each([
    ["goes back while it may come again", 7, BACK],
    ["is dropped before it becomes a dead letter", 8, DONE],
  ])("of a request that another works on %s", async (_, receiveCount, answer) => {
    const { process, request } = await submitted(failingOnce(new Error("must not run")), { receiveCount });
    await createRawTable(table).force(request, { status: "processing", attempt: 1, lease_expires_at: 9_999_999_999_999 });
    expect(await process(request)).toEqual(answer);
  });
});

it("what was done once is not done again by the next attempt, which gets its result", async () => {
  const keys: string[] = [];
  const { process, request, received, clock } = await submitted(async ({ once, attempt }) => {
    const receipt = await once("charge", async (key) => `receipt ${keys.push(key)}`);
    if (attempt === 1) throw new Error("flaky");
    return receipt;
  });
  await process(request);
  await clock.advance(2_000);
  await process(request);
  expect(keys).toHaveLength(1);
  expect(received(request).at(-1)).toMatchObject({ type: "complete", result: { data: "receipt 1" } });
});
