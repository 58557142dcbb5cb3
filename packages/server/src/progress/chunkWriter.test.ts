import { byteLength, encodeServerMessage, MAX_CHUNK_BYTES, MAX_CHUNK_VALUE_BYTES, MAX_FRAME_BYTES } from "@streamer/protocol";
import type { ChunkMessage, UpdateMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import type { RecordedLogger } from "../testing/recordedLogger.ts";
import { storedRequest } from "../testing/sampleRequest.ts";
import { ChunkBacklogError, ChunkTooLargeError, TooManyChunksError } from "./chunkErrors.ts";
import { createChunkWriter } from "./chunkWriter.ts";
import type { ChunkWriter } from "./chunkWriter.ts";
import { createProgressReporter } from "./progressReporter.ts";
import { createUpdateLine } from "./updateLine.ts";
import type { UpdateLine, UpdateLineDeps } from "./updateLine.ts";

let clock: FakeClock;
let log: RecordedLogger;
let stored: UpdateMessage[];
let sent: UpdateMessage[];
beforeEach(() => {
  clock = createFakeClock();
  log = createRecordedLogger();
  stored = [];
  sent = [];
});

class Lost extends Error {}
const createLine = (deps: Partial<UpdateLineDeps> = {}): UpdateLine =>
  createUpdateLine(storedRequest({ attempt: 1 }), 0, {
    updates: { put: async (_, update) => void stored.push(update) },
    delivery: { deliver: async (message) => void sent.push(message as UpdateMessage) },
    mayWrite: () => true,
    ...deps,
  });
const writerOf = (line: UpdateLine): ChunkWriter => createChunkWriter(line, { clock, logger: log.logger, lost: () => new Lost() });
const createWriter = (deps: Partial<UpdateLineDeps> = {}): ChunkWriter => writerOf(createLine(deps));
/** A value whose JSON text has so many bytes. */
const textOf = (sizeBytes: number): string => JSON.stringify("x".repeat(sizeBytes - 2));
const dataOf = (updates: readonly UpdateMessage[]): unknown[] =>
  updates.filter((update): update is ChunkMessage => update.type === "chunk").flatMap(({ data }) => [data]);

describe("what is emitted", () => {
  it("while nothing waits is stored and sent at once, however soon after the one before it", async () => {
    const writer = createWriter();
    for (const text of ["1", "2", "3"]) await writer.add(text);
    expect(clock.monotonic()).toBe(0);
    expect(dataOf(stored)).toEqual([[1], [2], [3]]);
    expect(sent).toEqual(stored);
  });

  it("in one breath shares a message", async () => {
    const writer = createWriter();
    await Promise.all(["1", '{"a":2}', "null"].map((text) => writer.add(text)));
    expect(dataOf(stored)).toEqual([[1, { a: 2 }, null]]);
  });

  it("meanwhile shares the next message, 100 ms after the one before", async () => {
    const put = Promise.withResolvers<void>();
    const writer = createWriter({
      updates: {
        put: async (_, update) => {
          stored.push(update);
          await put.promise;
        },
      },
    });
    void writer.add("1");
    await clock.advance(0);
    const rest = ["2", "3"].map((text) => writer.add(text));
    put.resolve();
    await clock.advance(99);
    expect(dataOf(stored)).toEqual([[1]]);
    await clock.advance(1);
    await Promise.all(rest);
    expect(dataOf(stored)).toEqual([[1], [2, 3]]);
  });

  it("is written before the 100 ms are over when a message is full, and no message is over 31 KB", async () => {
    const writer = createWriter();
    const texts = Array.from({ length: 9 }, (_, index) => JSON.stringify(`${index}`.repeat(10_000)));
    const all = texts.map((text) => writer.add(text));
    await clock.advance(0);
    expect(dataOf(stored).map((data) => (data as unknown[]).length)).toEqual([3, 3]);
    await clock.advance(100);
    await Promise.all(all);
    expect(dataOf(stored).flat()).toEqual(texts.map((text) => JSON.parse(text) as string));
    for (const update of stored) expect(byteLength(encodeServerMessage(update))).toBeLessThanOrEqual(MAX_CHUNK_BYTES);
  });

  it("of the largest size fits into a frame with the longest id and the largest numbers", async () => {
    const request = storedRequest({ requestId: "r".repeat(64), attempt: 2_147_483 });
    const line = createUpdateLine(request, Number.MAX_SAFE_INTEGER, {
      updates: { put: async (_, update) => void stored.push(update) },
      delivery: { deliver: async () => undefined },
      mayWrite: () => true,
    });
    await writerOf(line).add(textOf(MAX_CHUNK_VALUE_BYTES));
    const sizeBytes = byteLength(encodeServerMessage(stored[0] as UpdateMessage));
    expect(sizeBytes).toBeLessThanOrEqual(MAX_CHUNK_BYTES);
    expect(sizeBytes).toBeLessThan(MAX_FRAME_BYTES);
  });

  it("is numbered in one line with progress", async () => {
    const line = createLine();
    const [writer, reporter] = [writerOf(line), createProgressReporter(line, { clock, logger: log.logger })];
    reporter.report(10, "a");
    await writer.add("1");
    await clock.advance(100);
    reporter.report(20, "b");
    await reporter.flush();
    await writer.add("2");
    expect(stored.map(({ type, sequence, previous }) => [type, sequence, previous])).toEqual([
      ["progress", 1_000_001, 0],
      ["chunk", 1_000_002, 1_000_001],
      ["progress", 1_000_003, 1_000_002],
      ["chunk", 1_000_004, 1_000_003],
    ]);
    expect(line.lastSequence).toBe(1_000_004);
  });

  it("may be changed by its handler afterwards: what is sent is what was emitted", async () => {
    const writer = createWriter();
    const value = { words: ["a"] };
    const emitted = writer.add(JSON.stringify(value));
    value.words.push("b");
    await emitted;
    expect(dataOf(stored)).toEqual([[{ words: ["a"] }]]);
  });

  it("is stored once, in order, packed, whenever it is emitted and however slow the table is", async () => {
    const step = fc.oneof(fc.record({ add: fc.nat(20_000) }), fc.record({ advance: fc.nat(150) }));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), fc.nat(60), async (steps, putMs) => {
        clock = createFakeClock();
        stored = [];
        const put: UpdateLineDeps["updates"]["put"] = async (_, update) => {
          await new Promise<void>((resolve) => void clock.after(putMs, resolve));
          stored.push(update);
        };
        const writer = createWriter({ updates: { put } });
        const emitted: unknown[] = [];
        for (const one of steps) {
          if ("advance" in one) await clock.advance(one.advance);
          else {
            const value = [emitted.length, "y".repeat(one.add)];
            emitted.push(value);
            void writer.add(JSON.stringify(value));
          }
        }
        const flushed = writer.flush();
        await clock.advance(60_000);
        await flushed;
        expect(dataOf(stored).flat()).toEqual(emitted);
        expect(stored.map(({ previous }) => previous)).toEqual([0, ...stored.map(({ sequence }) => sequence)].slice(0, stored.length));
        for (const update of stored) expect(byteLength(encodeServerMessage(update))).toBeLessThanOrEqual(MAX_CHUNK_BYTES);
      }),
      { numRuns: 100 },
    );
  });
});

describe("a value that cannot be taken", () => {
  it("over 31,488 bytes is a ChunkTooLargeError with both sizes; nothing of it is sent, and what follows is", async () => {
    const writer = createWriter();
    expect(() => writer.add(textOf(MAX_CHUNK_VALUE_BYTES + 1))).toThrow(ChunkTooLargeError);
    expect(() => writer.add(textOf(40_000))).toThrow(
      expect.objectContaining({ name: "ChunkTooLargeError", details: { size_bytes: 40_000, limit_bytes: 31_488 } }) as Error,
    );
    await writer.add("1");
    expect(dataOf(stored)).toEqual([[1]]);
  });

  it("is counted in bytes, not characters", () => {
    expect(() => createWriter().add(JSON.stringify("é".repeat(16_000)))).toThrow(ChunkTooLargeError);
  });

  it("beyond 8 MiB that wait is a ChunkBacklogError; when they are sent there is room again", async () => {
    const put = Promise.withResolvers<void>();
    const writer = createWriter({ updates: { put: () => put.promise } });
    const text = textOf(31_000);
    let taken = 0;
    const fill = (): void => {
      for (; taken < 1_000; taken += 1) void writer.add(text);
    };
    expect(fill).toThrow(ChunkBacklogError);
    expect(taken * 31_000).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(taken * 31_000).toBeGreaterThan(8 * 1024 * 1024 - 2 * 31_000);
    put.resolve();
    await writer.flushNow();
    await writer.add(text);
    expect(sent).toHaveLength(taken + 1);
  });

  it("after 990,000 messages of an attempt is a TooManyChunksError; progress still has numbers", async () => {
    const line = createLine();
    const used = (taken: number): UpdateLine => ({ ...line, taken });
    expect(() => writerOf(used(990_000)).add("1")).toThrow(TooManyChunksError);
    const writer = writerOf(used(989_999));
    const last = writer.add("1");
    expect(() => writer.add(textOf(31_488)), "a second message").toThrow(TooManyChunksError);
    await last;
    expect(dataOf(stored)).toEqual([[1]]);
  });
});

describe("a table that does not answer", () => {
  /** The first `times` puts fail, each after it has stored all the same when `silently`. */
  const failing = (times: number, silently = false): Partial<UpdateLineDeps> => {
    let left = times;
    return {
      updates: {
        put: async (_, update) => {
          left -= 1;
          if (left < 0 || silently) stored.push(update);
          if (left >= 0) throw new Error("throttled");
        },
      },
    };
  };

  it("is asked again; the value is sent once, under its number", async () => {
    const writer = createWriter(failing(4));
    const added = writer.add("1");
    await clock.advance(200 + 400 + 800 + 1_600);
    await added;
    expect(sent).toMatchObject([{ sequence: 1_000_001, previous: 0, data: [1] }]);
    expect(clock.pending).toBe(0);
  });

  it("but stored the value all the same, has it under the same number again: no watcher can have read another there", async () => {
    const writer = createWriter(failing(1, true));
    const added = writer.add("1");
    await clock.advance(200);
    await added;
    await writer.add("2");
    expect(stored.map(({ sequence }) => sequence)).toEqual([1_000_001, 1_000_001, 1_000_002]);
    expect(stored[1]).toEqual(stored[0]);
    expect(sent).toHaveLength(2);
  });

  it("for a progress update before it is asked for both, in order", async () => {
    const line = createLine(failing(2));
    const [writer, reporter] = [writerOf(line), createProgressReporter(line, { clock, logger: log.logger })];
    reporter.report(10, "a");
    const added = writer.add("1");
    await clock.advance(200);
    await added;
    expect(sent).toMatchObject([
      { type: "progress", sequence: 1_000_001 },
      { type: "chunk", sequence: 1_000_002, previous: 1_000_001, data: [1] },
    ]);
  });

  it("and a lease that is lost meanwhile reject what waits: it is not taken for sent", async () => {
    let held = true;
    const writer = createWriter({ ...failing(1), mayWrite: () => held });
    const added = writer.add("1");
    await clock.advance(0);
    held = false;
    await clock.advance(200);
    await expect(added).rejects.toBeInstanceOf(Lost);
    expect(sent).toEqual([]);
  });

  it("five times ends it: the promise, all that wait and flush reject, and nothing more is taken or overtakes it", async () => {
    const writer = createWriter(failing(5));
    const first = writer.add("1");
    await clock.advance(0);
    const second = writer.add("2");
    await clock.advance(200 + 400 + 800 + 1_600);
    for (const promise of [first, second, writer.flush()]) await expect(promise).rejects.toThrow("throttled");
    expect(() => writer.add("3")).toThrow("throttled");
    expect(stored).toEqual([]);
  });

  it("while nobody awaits what was emitted is no unhandled rejection, and flushNow tells of it", async () => {
    const writer = createWriter(failing(5));
    void writer.add("1");
    await clock.advance(4_000);
    await expect(writer.flushNow()).rejects.toThrow("throttled");
  });
});

describe("the end of an attempt", () => {
  it("flushNow does not wait for the pace, and leaves no timer", async () => {
    const writer = createWriter();
    void writer.add("1");
    await clock.advance(0);
    void writer.add("2");
    void writer.add("3");
    await clock.advance(0);
    await writer.flushNow();
    expect(dataOf(sent).flat()).toEqual([1, 2, 3]);
    expect(clock.pending).toBe(0);
  });

  it("by a lost lease rejects what waits, and writes nothing", async () => {
    const writer = createWriter({ mayWrite: () => false });
    await expect(writer.add("1")).rejects.toBeInstanceOf(Lost);
    await expect(writer.flush()).rejects.toBeInstanceOf(Lost);
    expect(stored).toEqual([]);
  });

  it("close drops what waits, waits for the message under way, and takes no more", async () => {
    const put = Promise.withResolvers<void>();
    const writer = createWriter({ updates: { put: () => put.promise } });
    const first = writer.add("1");
    await clock.advance(0);
    const second = writer.add("2");
    const closed = writer.close();
    put.resolve();
    await closed;
    await first;
    await expect(second).rejects.toThrow("was not sent");
    expect(() => writer.add("3")).toThrow("The attempt is over");
    expect(dataOf(sent)).toEqual([[1]]);
    expect(clock.pending).toBe(0);
  });

  it("waits for no throttled API: a chunk that is stored may be left unsent", async () => {
    const droppable: (boolean | undefined)[] = [];
    const entered = Promise.withResolvers<void>();
    const api = Promise.withResolvers<void>();
    const writer = createWriter({
      delivery: {
        deliver: async (_, options) => {
          droppable.push(options?.droppable?.());
          entered.resolve();
          await api.promise;
          droppable.push(options?.droppable?.());
        },
      },
    });
    void writer.add("1");
    await entered.promise;
    const flushed = writer.flushNow();
    api.resolve();
    await flushed;
    expect(droppable).toEqual([false, true]);
  });
});
