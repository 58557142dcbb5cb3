import { CORRELATION_ID_PATTERN, defineAction, ValidationError } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import * as v from "valibot";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { Run } from "../../processor/context.ts";
import { RetryableError, TerminalError } from "../../processor/errors.ts";
import { runProcessor } from "./runProcessor.ts";

const importOrders = defineAction("import_orders", {
  input: v.object({ rows: v.pipe(v.number(), v.minValue(1)), format: v.optional(v.string(), "csv") }),
  output: v.object({ imported: v.number(), url: v.optional(v.string()) }),
  progress: v.object({ stage: v.string() }),
  chunk: v.object({ row: v.number() }),
  estimatedDuration: "2 minutes",
  timeout: "5 minutes",
  retry: { attempts: 2, minDelay: "4 seconds" },
});
type Work = Run<typeof importOrders>;
const run = (work: Work, options: Partial<Parameters<typeof runProcessor<typeof importOrders>>[2]> = {}) =>
  runProcessor(importOrders, work, { input: { rows: 3 }, ...options });

describe("work that succeeds", () => {
  test("gets the parsed input and what the request says, and its result is typed", async () => {
    const work = run(
      async ({ input, metadata, attempt, tenantId, userId, requestId }) => {
        expect({ input, metadata, attempt, tenantId, userId, requestId }).toEqual({
          input: { rows: 3, format: "csv" },
          metadata: { source: "test" },
          attempt: 1,
          tenantId: "acme",
          userId: "ada",
          requestId: "r9",
        });
        return { imported: input.rows };
      },
      { metadata: { source: "test" }, tenantId: "acme", userId: "ada", requestId: "r9" },
    );
    const end = await work.end;
    if (end.status !== "completed") throw new Error(`it ended as ${end.status}`);
    expectTypeOf(end.data).toEqualTypeOf<{ imported: number; url?: string | undefined }>();
    expect(end.data).toEqual({ imported: 3 });
  });

  test("gets the correlation id and the trace of its request, and may log what it likes", async () => {
    const seen: unknown[] = [];
    const traced = {
      correlationId: "0b9d2f5e-6c1a-4f7b-9d3e-8a2c4e6f8a0b",
      traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    };
    const work: Work = async ({ correlationId, traceparent, logger }) => {
      seen.push({ correlationId, traceparent });
      logger.info("Counted.", { of_my_own: 3 });
      return { imported: 1 };
    };
    const [bare, given] = [run(work), run(work, traced)];
    await Promise.all([bare.end, given.end]);
    expect(seen).toEqual([{ correlationId: expect.stringMatching(CORRELATION_ID_PATTERN) as string, traceparent: undefined }, traced]);
    expect(given.logs).toMatchObject([{ message: "Counted.", of_my_own: 3 }]);
  });

  test("has every progress recorded, and the messages that a client would see, the end last", async () => {
    const work = run(async ({ progress, flush }) => {
      progress(10, "begun", { stage: "read" });
      progress(50, "half", { stage: "read" });
      await flush();
      progress(90, "nearly");
      return { imported: 3 };
    });
    const end = await work.end;
    expect(work.progress).toEqual([
      { percentage: 10, message: "begun", metadata: { stage: "read" } },
      { percentage: 50, message: "half", metadata: { stage: "read" } },
      { percentage: 90, message: "nearly", metadata: undefined },
    ]);
    const sent = work.messages;
    expect(sent.at(-1)).toEqual(end.message);
    expect(sent.at(-2)).toMatchObject({ type: "progress", percentage: 100, message: "Completed" });
    expect(end.message).toMatchObject({ last_sequence: (sent.at(-2) as { sequence: number }).sequence });
  });

  test("has its files recorded, and a URL in their places", async () => {
    const work = run(async ({ putFile }) => ({ imported: 1, url: await putFile("orders.csv", "a,b", "text/csv") }));
    const end = await work.end;
    expect(work.files).toEqual([{ name: "orders.csv", body: "a,b", contentType: "text/csv" }]);
    expect(end).toMatchObject({ status: "completed", data: { url: expect.stringMatching(/^https:\/\/.*\/orders\.csv/) as string } });
  });

  test("has its emitted values recorded in order", async () => {
    const work = run(async ({ emit }) => {
      for (let row = 0; row < 5; row += 1) await emit({ row });
      return { imported: 5 };
    });
    await work.end;
    expect(work.chunks).toEqual([0, 1, 2, 3, 4].map((row) => ({ row })));
  });

  test("with a result that no message holds gives it all the same", async () => {
    const url = "x".repeat(200_000);
    const work = run(async () => ({ imported: 1, url }));
    const end = await work.end;
    expect(end).toMatchObject({
      status: "completed",
      data: { url },
      message: { result: { reference: { size_bytes: expect.any(Number) as number } } },
    });
  });
});

describe("work that fails", () => {
  test.each([
    ["an error of its own", new Error("no connection to 10.0.0.7"), "PROCESSING_FAILED"],
    ["a RetryableError", new RetryableError("busy"), "PROCESSING_FAILED"],
  ])("by %s is tried again, and at the last attempt its client sees no word of it", async (_, error, code) => {
    const first = await run(() => Promise.reject(error)).end;
    expect(first).toMatchObject({ status: "retrying", retryAfterMs: 4_000, message: { type: "status", status: "retrying", attempt: 1 } });
    expect((first as { error: unknown }).error).toBe(error);
    const last = await run(() => Promise.reject(error), { attempt: 2 }).end;
    if (last.status !== "failed") throw new Error(`it ended as ${last.status}`);
    expect(last.error).toBe(error);
    expect(last.message).toMatchObject({ type: "error", final: true, error: { code } });
    expect(JSON.stringify(last.message)).not.toContain(error.message);
  });

  test("by a TerminalError ends the request at once, with its details", async () => {
    const error = new TerminalError("no such account", { details: { account: 7 } });
    const end = await run(() => Promise.reject(error)).end;
    expect(end).toMatchObject({ status: "failed", message: { error: { code: "PROCESSING_FAILED", details: { account: 7 } } } });
  });

  test("says when it may be tried again", async () => {
    const end = await run(() => Promise.reject(new RetryableError("busy", { retryAfter: "90 seconds" }))).end;
    expect(end).toMatchObject({ status: "retrying", retryAfterMs: 90_000 });
  });

  test("is not even begun with an input that does not fit", async () => {
    const end = await run(() => Promise.reject(new Error("it was begun")), { input: { rows: 0 } }).end;
    if (end.status !== "failed") throw new Error(`it ended as ${end.status}`);
    expect(end.error).toBeInstanceOf(ValidationError);
    expect(end.message.error).toMatchObject({ code: "VALIDATION_ERROR", details: { issues: [{ path: "rows" }] } });
  });

  test("by a result that does not fit its schema ends the request", async () => {
    const end = await run(async () => ({ imported: "three" }) as unknown as { imported: number }).end;
    expect(end).toMatchObject({ status: "failed", error: expect.any(TerminalError) as TerminalError });
  });
});

describe("work that is stopped", () => {
  const untilStopped: Work = ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));

  test("by cancel() ends as cancelled, with the reason", async () => {
    const begun = Promise.withResolvers<void>();
    const work = run((context) => {
      begun.resolve();
      return untilStopped(context);
    });
    await begun.promise;
    work.cancel("enough");
    expect(await work.end).toMatchObject({ status: "cancelled", reason: "enough", message: { type: "cancelled", reason: "enough" } });
  });

  test("before it began is not begun", async () => {
    const work = run(() => Promise.reject(new Error("it was begun")));
    work.cancel();
    expect(await work.end).toMatchObject({ status: "cancelled", reason: undefined });
  });

  test("by its timeout is tried again; its signal is aborted just then", async () => {
    const clock = createFakeClock();
    let aborted = false;
    const work = run(
      ({ signal }) => {
        signal.addEventListener("abort", () => (aborted = true));
        return untilStopped({ signal } as Parameters<Work>[0]);
      },
      { clock },
    );
    await clock.advance(5 * 60_000 - 1);
    expect(aborted).toBe(false);
    await clock.advance(1);
    expect(await work.end).toMatchObject({ status: "retrying", error: { code: "TIMEOUT" } });
    expect(clock.pending, "nothing is left waiting").toBe(0);
  });

  test("and does not heed it is left behind after ten seconds", async () => {
    const clock = createFakeClock();
    const work = run(() => new Promise(() => {}), { clock });
    await clock.advance(0);
    work.cancel();
    await clock.advance(10_000);
    expect(await work.end).toMatchObject({ status: "cancelled" });
  });
});

describe("once()", () => {
  test("does a step once in an attempt and over attempts, under the same key", async () => {
    const keys: string[] = [];
    const charging: Work = async ({ once, attempt }) => {
      const { receipt } = await once("charge", async (key) => ({ receipt: keys.push(key) }));
      if (attempt === 1) throw new Error("after the charge");
      return { imported: receipt };
    };
    const first = run(charging);
    await first.end;
    const second = run(charging, { after: first });
    expect(await second.end).toMatchObject({ status: "completed", data: { imported: 1 } });
    expect(keys).toHaveLength(1);
    expect(first.once).toEqual([{ name: "charge", ran: true, result: { receipt: 1 } }]);
    expect(second.once).toEqual([{ name: "charge", ran: false, result: { receipt: 1 } }]);
  });

  test("that fails is recorded with its error, and done again", async () => {
    const error = new Error("declined");
    const first = run(({ once }) => once("charge", () => Promise.reject(error)));
    await first.end;
    expect(first.once).toEqual([{ name: "charge", ran: true, error }]);
    const second = run(({ once }) => once("charge", async () => ({ imported: 1 })), { after: first });
    expect(await second.end).toMatchObject({ status: "completed" });
  });
});

test("a second attempt goes on in the log of the first", async () => {
  const first = run(async ({ progress }) => {
    progress(70, "nearly");
    throw new Error("broken");
  });
  await first.end;
  const second = run(async () => ({ imported: 1 }), { after: first });
  await second.end;
  expect(second.attempt).toBe(2);
  expect(second.messages[0]).toMatchObject({ sequence: 2_000_001, previous: 1_000_001, attempt: 2 });
});
