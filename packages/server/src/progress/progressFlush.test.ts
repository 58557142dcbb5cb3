import type { ServerMessage, UpdateMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import { storedRequest } from "../testing/sampleRequest.ts";
import { createProgressReporter } from "./progressReporter.ts";
import type { ProgressReporter } from "./progressReporter.ts";
import { createUpdateLine } from "./updateLine.ts";
import type { UpdateLineDeps } from "./updateLine.ts";

let clock: FakeClock;
let events: string[];
beforeEach(() => {
  clock = createFakeClock();
  events = [];
});

const nameOf = (message: ServerMessage | UpdateMessage): string => ("percentage" in message ? String(message.percentage) : message.type);
function createReporter(deps: Partial<UpdateLineDeps> = {}): ProgressReporter {
  const line = createUpdateLine(storedRequest({ attempt: 1 }), 0, {
    updates: { put: async (_, update) => void events.push(`stored ${nameOf(update)}`) },
    delivery: { deliver: async (message) => void events.push(`sent ${nameOf(message)}`) },
    mayWrite: () => true,
    ...deps,
  });
  return createProgressReporter(line, { clock, logger: createRecordedLogger().logger });
}
/** Whether a promise is done, without waiting for it. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const watched = promise.then(() => (done = true));
  await clock.advance(0);
  if (done) await watched;
  return done;
}

describe("an update", () => {
  it("is stored first and sent then", async () => {
    const put = Promise.withResolvers<void>();
    const reporter = createReporter({ updates: { put: () => put.promise } });
    reporter.report(10, "a");
    await clock.advance(0);
    expect(events).toEqual([]);
    put.resolve();
    await reporter.flush();
    expect(events).toEqual(["sent 10"]);
  });

  it("is neither stored nor sent by a worker that lost its lease, however it flushes", async () => {
    const reporter = createReporter({ mayWrite: () => false });
    reporter.report(10, "a");
    await reporter.flushNow();
    reporter.report(100, "b");
    await clock.advance(1_000);
    await reporter.flush();
    expect(events).toEqual([]);
    expect(reporter.last).toMatchObject({ percentage: 100 });
  });

  it("is asked about just before it is written, not when it was reported", async () => {
    let held = true;
    const reporter = createReporter({ mayWrite: () => held });
    reporter.report(10, "a");
    await clock.advance(0);
    reporter.report(20, "b");
    held = false;
    await clock.advance(100);
    expect(events).toEqual(["stored 10", "sent 10"]);
  });
});

describe("flush", () => {
  it("waits for the pace, then for the table and the watchers", async () => {
    const reporter = createReporter();
    reporter.report(10, "a");
    await clock.advance(40);
    reporter.report(20, "b");
    const flushed = reporter.flush();
    await clock.advance(59);
    expect(await isDone(flushed)).toBe(false);
    await clock.advance(1);
    expect(await isDone(flushed)).toBe(true);
    expect(events).toEqual(["stored 10", "sent 10", "stored 20", "sent 20"]);
  });

  it("waits until the watchers have been sent to", async () => {
    const delivered = Promise.withResolvers<void>();
    const reporter = createReporter({ delivery: { deliver: () => delivered.promise } });
    reporter.report(10, "a");
    const flushed = reporter.flush();
    expect(await isDone(flushed)).toBe(false);
    delivered.resolve();
    expect(await isDone(flushed)).toBe(true);
  });

  it("of nothing is done at once", async () => {
    expect(await isDone(createReporter().flush())).toBe(true);
    expect(await isDone(createReporter().flushNow())).toBe(true);
  });
});

describe("flushNow", () => {
  it("does not wait for the pace, and leaves no timer", async () => {
    const reporter = createReporter();
    reporter.report(10, "a");
    await clock.advance(40);
    reporter.report(20, "b");
    await clock.advance(0);
    await reporter.flushNow();
    expect(events).toEqual(["stored 10", "sent 10", "stored 20", "sent 20"]);
    expect(clock.pending).toBe(0);
  });

  it("takes along what is reported while an update is under way", async () => {
    const put = Promise.withResolvers<void>();
    const reporter = createReporter({ updates: { put: () => put.promise } });
    reporter.report(10, "a");
    const flushed = reporter.flushNow();
    reporter.report(20, "b");
    put.resolve();
    await flushed;
    expect(events).toEqual(["sent 10", "sent 20"]);
  });

  it("is in a hurry once: what is reported later keeps to the pace", async () => {
    const reporter = createReporter();
    reporter.report(10, "a");
    await reporter.flushNow();
    reporter.report(20, "b");
    await clock.advance(99);
    expect(events).toEqual(["stored 10", "sent 10"]);
    await clock.advance(1);
    expect(events).toContain("sent 20");
  });
});

describe("close", () => {
  it("drops what waits for the pace, and leaves no timer", async () => {
    const reporter = createReporter();
    reporter.report(10, "a");
    await clock.advance(0);
    reporter.report(20, "b");
    await clock.advance(0);
    await reporter.close();
    await clock.advance(1_000);
    expect(events).toEqual(["stored 10", "sent 10"]);
    expect(clock.pending).toBe(0);
  });

  it("waits for the update under way", async () => {
    const put = Promise.withResolvers<void>();
    const reporter = createReporter({ updates: { put: () => put.promise } });
    reporter.report(10, "a");
    const closed = reporter.close();
    expect(await isDone(closed)).toBe(false);
    put.resolve();
    expect(await isDone(closed)).toBe(true);
    expect(events).toEqual(["sent 10"]);
  });

  it("takes nothing more, and a late report is no error", async () => {
    const reporter = createReporter();
    reporter.report(10, "a");
    await reporter.flush();
    await reporter.close();
    reporter.report(50, "late");
    await clock.advance(1_000);
    await reporter.flushNow();
    expect(events).toEqual(["stored 10", "sent 10"]);
    expect(reporter.last).toMatchObject({ percentage: 10 });
  });
});

it.each(Array.from({ length: 12 }, (_, turns) => turns))(
  "a report made %i turns after the one before it was sent is not forgotten",
  async (turns) => {
    const delivered = Promise.withResolvers<void>();
    const deliver = async (message: ServerMessage): Promise<void> => {
      await delivered.promise;
      events.push(`sent ${nameOf(message)}`);
    };
    const reporter = createReporter({ delivery: { deliver } });
    reporter.report(10, "a");
    await clock.advance(200);
    delivered.resolve();
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    reporter.report(20, "b");
    await reporter.flushNow();
    expect(events).toContain("sent 20");
  },
);

it("whatever is reported whenever: a flush ends with the last report, percentages never fall, the pace is kept", async () => {
  const step = fc.oneof(fc.record({ report: fc.double({ min: 0, max: 99, noNaN: true }) }), fc.record({ advance: fc.nat(250) }));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), fc.nat(150), async (steps, putMs) => {
      clock = createFakeClock();
      const writes: { percentage: number; at: number }[] = [];
      const put: UpdateLineDeps["updates"]["put"] = async (_, update) => {
        writes.push({ percentage: Number(nameOf(update)), at: clock.monotonic() });
        await new Promise<void>((resolve) => void clock.after(putMs, resolve));
      };
      const reporter = createReporter({ updates: { put } });
      for (const one of steps) {
        if ("report" in one) reporter.report(one.report, "a");
        else await clock.advance(one.advance);
      }
      const flushed = reporter.flush();
      await clock.advance(1_000);
      await flushed;
      expect(writes.at(-1)?.percentage).toBe(reporter.last?.percentage);
      for (const [index, write] of writes.slice(1).entries()) {
        expect(write.percentage).toBeGreaterThanOrEqual(writes[index]?.percentage ?? 0);
        expect(write.at - (writes[index]?.at ?? 0)).toBeGreaterThanOrEqual(100);
      }
    }),
    { numRuns: 200 },
  );
});
