import { defineAction } from "@streamer/protocol";
import type { ChunkMessage } from "@streamer/protocol";
import { beforeAll, describe, expect, it, vi } from "vitest";
import * as v from "valibot";
import { MAX_HEARTBEAT_INTERVAL_MS } from "./lease.ts";
import { createProcessorHarness } from "../testing/processorHarness.ts";
import type { ProcessorHarness, ProcessorHarnessOptions } from "../testing/processorHarness.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createUpdateStore } from "../table/updateStore.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import type { Run } from "./context.ts";

const word = v.pipe(
  v.string(),
  v.maxLength(50_000),
  v.transform((text) => ({ text })),
);
const writeDraft = defineAction("write_draft", {
  input: v.object({}),
  output: v.object({ words: v.number() }),
  chunk: word,
  estimatedDuration: "1 minute",
  timeout: "30 seconds",
  retry: { attempts: 2 },
});
type WriteDraft = typeof writeDraft;
const OPEN = { input: v.object({}), output: v.null(), estimatedDuration: "1 minute" } as const;

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});
const harness = (run: Run<WriteDraft>, options?: ProcessorHarnessOptions) => createProcessorHarness(table, writeDraft, run, options);
const chunksOf = (one: ProcessorHarness, request: StoredRequest): readonly ChunkMessage[] =>
  one.received(request).filter((message): message is ChunkMessage => message.type === "chunk");
const emitted = (one: ProcessorHarness, request: StoredRequest): unknown[] => chunksOf(one, request).flatMap(({ data }) => data);

describe("emit", () => {
  it("sends every value as its schema gives it, in order, before the outcome, and the log has the same", async () => {
    const one = harness(async ({ emit }) => {
      for (const text of ["a", "b", "c"]) await emit(text);
      return { words: 3 };
    });
    const request = await one.submit({});
    await one.process(request);
    expect(emitted(one, request)).toEqual([{ text: "a" }, { text: "b" }, { text: "c" }]);
    expect(one.received(request).map(({ type }) => type)).toEqual(["chunk", "chunk", "chunk", "progress", "complete"]);
    expect(one.received(request).at(-1)).toMatchObject({ last_sequence: 1_000_004 });
    const log = await one.deps.updates.listAfter(request, 0, 100);
    expect(log).toEqual(one.received(request).slice(0, -1));
  });

  it("that nobody awaits is part of the work: its values are stored and sent before the request completes", async () => {
    const one = harness(async ({ emit }) => {
      for (let index = 0; index < 500; index += 1) void emit(`w${index}`);
      return { words: 500 };
    });
    const request = await one.submit({});
    await one.process(request);
    expect(emitted(one, request)).toEqual(Array.from({ length: 500 }, (_, index) => ({ text: `w${index}` })));
    expect(chunksOf(one, request)).toHaveLength(1);
    expect(await one.stored(request)).toMatchObject({ status: "completed" });
  });

  it("resolves when the value is stored and sent", async () => {
    const one = harness(async ({ emit }) => {
      await emit("a");
      expect(await one.deps.updates.lastSequence(request)).toBe(1_000_001);
      expect(emitted(one, request)).toEqual([{ text: "a" }]);
      return { words: 1 };
    });
    const request = await one.submit({});
    await one.process(request);
    expect(await one.stored(request)).toMatchObject({ status: "completed" });
  });

  it("saves the number of the last stored update with the request", async () => {
    const one = harness(async ({ emit }) => {
      await emit("a");
      return { words: 1 };
    });
    const request = await one.submit({});
    await one.process(request);
    expect(await one.stored(request)).toMatchObject({ lastSequence: 1_000_002 });
  });

  it("flush waits for what was emitted", async () => {
    const one = harness(async ({ emit, flush }) => {
      void emit("a");
      await flush();
      expect(emitted(one, request)).toEqual([{ text: "a" }]);
      return { words: 1 };
    });
    const request = await one.submit({});
    await one.process(request);
    expect(await one.stored(request)).toMatchObject({ status: "completed" });
  });

  it("goes to nobody and is stored all the same when its client has left", async () => {
    const one = harness(async ({ emit }) => {
      await emit("a");
      return { words: 1 };
    });
    const request = await one.submit({});
    one.api.answer(request.connectionId, 410);
    await one.process(request);
    expect(await one.deps.updates.listAfter(request, 0, 1)).toMatchObject([{ data: [{ text: "a" }] }]);
    expect(await one.stored(request)).toMatchObject({ status: "completed" });
  });
});

describe("a value that cannot be emitted", () => {
  it.each<[string, unknown, { readonly message: RegExp; readonly name: string; readonly details?: object }]>([
    [
      "is too large",
      "x".repeat(40_000),
      { name: "ChunkTooLargeError", message: /40011 bytes/, details: { size_bytes: 40_011, limit_bytes: 31_488 } },
    ],
    ["does not fit the schema", 42, { name: "TerminalError", message: /does not fit its chunk schema/ }],
  ])("because it %s ends the request at once as PROCESSING_FAILED: no other attempt, nothing of it sent", async (_, value, error) => {
    const one = harness(async ({ emit }) => {
      await emit("before");
      await emit(value as string);
      return { words: 0 };
    });
    const request = await one.submit({});
    expect(await one.process(request)).toEqual({ batchItemFailures: [] });
    expect(emitted(one, request)).toEqual([{ text: "before" }]);
    expect(one.received(request).at(-1)).toMatchObject({
      final: true,
      error: { code: "PROCESSING_FAILED", ...(error.details === undefined ? {} : { details: error.details }) },
    });
    const stored = await one.stored(request);
    expect(stored.failureReason).toMatch(error.message);
    expect(stored.failureReason).toContain(error.name);
  });

  it("may be caught: the work goes on, and so do its other values", async () => {
    const one = harness(async ({ emit }) => {
      await emit("x".repeat(40_000)).catch(() => undefined);
      return { words: 0 };
    });
    const caught = harness(async ({ emit }) => {
      try {
        await emit("x".repeat(40_000));
      } catch {
        await emit("too long");
      }
      return { words: 2 };
    });
    const request = await caught.submit({});
    await caught.process(request);
    expect(emitted(caught, request)).toEqual([{ text: "too long" }]);
    expect(await caught.stored(request)).toMatchObject({ status: "completed" });
    // It throws at once, so that it cannot be lost unawaited: there is no promise to catch from.
    const uncaught = await one.submit({});
    await one.process(uncaught);
    expect(await one.stored(uncaught)).toMatchObject({ status: "failed" });
  });

  it.each([
    ["undefined", undefined, /JSON has no text for/],
    ["a big integer", 1n, /cannot be written as JSON/],
    ["a circle", circle(), /cannot be written as JSON/],
  ])("because it is no JSON (%s) ends the request", async (_, value, reason) => {
    const anything = defineAction("emit_anything", { ...OPEN, chunk: v.unknown() });
    const one = createProcessorHarness(table, anything, async ({ emit }) => {
      await emit(value);
      return null;
    });
    const request = await one.submit({});
    await one.process(request);
    expect((await one.stored(request)).failureReason).toMatch(reason);
  });

  it("because its schema validates with a promise ends the request, with what to do", async () => {
    const slow = defineAction("emit_slowly", {
      ...OPEN,
      chunk: v.pipeAsync(
        v.string(),
        v.checkAsync(async () => true),
      ),
    });
    const one = createProcessorHarness(table, slow, async ({ emit }) => {
      await emit("a");
      return null;
    });
    const request = await one.submit({});
    await one.process(request);
    expect((await one.stored(request)).failureReason).toMatch(/validates with a promise/);
  });
});

describe("a work that must stop", () => {
  it("cannot emit any more: emit throws the signal's reason; what it emitted before is stored", async () => {
    const begun = Promise.withResolvers<void>();
    const reasons: unknown[] = [];
    const one = harness(async ({ emit, signal }) => {
      await emit("before");
      begun.resolve();
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      try {
        await emit("after");
      } catch (error) {
        reasons.push(error, signal.reason);
        throw error;
      }
      return { words: 2 };
    });
    const request = await one.submit({});
    const answer = one.process(request);
    await begun.promise;
    await one.deps.requests.requestCancel(request, "enough");
    await one.clock.advance(MAX_HEARTBEAT_INTERVAL_MS);
    await answer;
    expect(reasons[0]).toBe(reasons[1]);
    expect(emitted(one, request)).toEqual([{ text: "before" }]);
    expect(one.received(request).at(-1)).toMatchObject({ type: "cancelled", reason: "enough" });
  });

  it("because a value could not be stored is tried again, and begins anew", async () => {
    let broken = true;
    const updates = createUpdateStore(table);
    const flaky = harness(
      async ({ emit, attempt }) => {
        void emit(`attempt ${attempt}`);
        return { words: 1 };
      },
      {
        deps: {
          updates: {
            ...updates,
            put: (...args) => (broken && args[1].type === "chunk" ? Promise.reject(new Error("throttled")) : updates.put(...args)),
          },
        },
      },
    );
    const request = await flaky.submit({});
    const answer = flaky.process(request);
    for (const delayMs of [200, 400, 800, 1_600]) {
      // Heartbeat, deadline, and the wait for the next try.
      await vi.waitFor(() => expect(flaky.clock.pending).toBe(3));
      await flaky.clock.advance(delayMs);
    }
    await answer;
    expect(await flaky.stored(request)).toMatchObject({ status: "retrying", attempt: 1 });
    broken = false;
    await flaky.clock.advance(60_000);
    await flaky.process(request);
    expect(emitted(flaky, request)).toEqual([{ text: "attempt 2" }]);
    expect(await flaky.stored(request)).toMatchObject({ status: "completed", attempt: 2 });
  });
});

it("an action without a chunk schema has nothing to emit, by its types", async () => {
  const mute = defineAction("be_mute", OPEN);
  const one = createProcessorHarness(table, mute, async ({ emit }) => {
    // @ts-expect-error there is no type of chunk
    await emit("a");
    return null;
  });
  const request = await one.submit({});
  await one.process(request);
  // At run time nothing is lost.
  expect(emitted(one, request)).toEqual(["a"]);
});

it("a value of another type does not compile", () => {
  const run: Run<WriteDraft> = async ({ emit }) => {
    // @ts-expect-error the schema takes a text
    await emit({ text: "a" });
    return { words: 0 };
  };
  expect(run).toBeTypeOf("function");
});

function circle(): object {
  const one: Record<string, unknown> = {};
  one["self"] = one;
  return one;
}
