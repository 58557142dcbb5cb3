import type { ProgressMessage, ServerMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import type { RecordedLogger } from "../testing/recordedLogger.ts";
import { storedRequest } from "../testing/sampleRequest.ts";
import { createProgressReporter } from "./progressReporter.ts";
import type { ProgressReporter } from "./progressReporter.ts";
import { createUpdateLine } from "./updateLine.ts";
import type { UpdateLineDeps } from "./updateLine.ts";

let clock: FakeClock;
let log: RecordedLogger;
let stored: (ProgressMessage & { readonly storedAt: number })[];
let sent: ServerMessage[];
beforeEach(() => {
  clock = createFakeClock();
  log = createRecordedLogger();
  stored = [];
  sent = [];
});

function createReporter(deps: Partial<UpdateLineDeps> = {}, attempt = 1, previous = 0): ProgressReporter {
  const line = createUpdateLine(storedRequest({ attempt }), previous, {
    updates: {
      put: async (_, update) => {
        if (update.type === "progress") stored.push({ ...update, storedAt: clock.monotonic() });
      },
    },
    delivery: { deliver: async (message) => void sent.push(message) },
    mayWrite: () => true,
    ...deps,
  });
  return createProgressReporter(line, { clock, logger: log.logger });
}
const percentages = (): number[] => stored.map((update) => update.percentage);

describe("pace", () => {
  it("the first report is stored and sent at once", async () => {
    createReporter().report(10, "Querying");
    await clock.advance(0);
    expect(stored).toMatchObject([{ percentage: 10, message: "Querying", timestamp: Math.floor(clock.now() / 1000) }]);
    expect(sent).toHaveLength(1);
  });

  it("of what is reported within 100 ms the newest is stored, when they are over", async () => {
    const reporter = createReporter();
    reporter.report(10, "a");
    await clock.advance(0);
    for (const percentage of [11, 12, 13]) reporter.report(percentage, "b");
    await clock.advance(99);
    expect(percentages()).toEqual([10]);
    await clock.advance(1);
    expect(percentages()).toEqual([10, 13]);
  });

  it("after 100 ms of silence a report is stored at once again", async () => {
    const reporter = createReporter();
    reporter.report(10, "a");
    await clock.advance(100);
    reporter.report(20, "b");
    await clock.advance(0);
    expect(percentages()).toEqual([10, 20]);
  });

  it("a thousand reports a second are ten updates a second, the last of them included", async () => {
    const reporter = createReporter();
    for (let ms = 0; ms < 2_000; ms += 1) {
      reporter.report(ms / 100, "a");
      await clock.advance(1);
    }
    await clock.advance(100);
    expect(stored.length).toBeLessThanOrEqual(21);
    expect(percentages().at(-1)).toBe(19.99);
    const gaps = stored.slice(1).map((update, index) => update.storedAt - (stored[index]?.storedAt ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100);
  });

  it("100 is stored at once, in the middle of the pace", async () => {
    const reporter = createReporter();
    reporter.report(10, "a");
    await clock.advance(30);
    reporter.report(50, "b");
    reporter.report(100, "Done");
    await clock.advance(0);
    expect(stored).toMatchObject([{ percentage: 10 }, { percentage: 100, message: "Done", storedAt: 30 }]);
  });

  it("100 over and over keeps to the pace: only the first is in a hurry", async () => {
    const reporter = createReporter();
    for (let ms = 0; ms < 1_000; ms += 10) {
      reporter.report(100, `${ms}`);
      await clock.advance(10);
    }
    await reporter.flushNow();
    expect(stored.length).toBeLessThanOrEqual(11);
    expect(stored.at(-1)?.message).toBe("990");
  });

  it("a slow table slows the updates down, and never has two of them at a time", async () => {
    let under = 0;
    const put = async (): Promise<void> => {
      under += 1;
      expect(under).toBe(1);
      await new Promise<void>((resolve) => void clock.after(250, resolve));
      under -= 1;
    };
    const reporter = createReporter({ updates: { put } });
    for (let ms = 0; ms < 1_000; ms += 10) {
      reporter.report(ms / 10, "a");
      await clock.advance(10);
    }
    await clock.advance(1_000);
    expect(sent).toHaveLength(5);
    expect(sent.at(-1)).toMatchObject({ percentage: 99 });
  });
});

describe("what is reported", () => {
  it.each([
    ["below the last is raised to it", [40, 30], 40],
    ["below nothing is nothing", [-5], 0],
    ["over 100 is 100", [250], 100],
    ["without end is 100", [Number.POSITIVE_INFINITY], 100],
  ])("a percentage %s", async (_, reports, expected) => {
    const reporter = createReporter();
    for (const percentage of reports) reporter.report(percentage, "a");
    await reporter.flushNow();
    expect(percentages().at(-1)).toBe(expected);
    expect(reporter.last?.percentage).toBe(expected);
  });

  it("a percentage that is no number is refused, and reports nothing", async () => {
    const reporter = createReporter();
    expect(() => reporter.report(Number.NaN, "a")).toThrow(RangeError);
    await reporter.flush();
    expect(stored).toEqual([]);
  });

  it("a message is cut at 512 characters", async () => {
    const reporter = createReporter();
    reporter.report(1, "m".repeat(600));
    await reporter.flush();
    expect(stored[0]?.message).toBe("m".repeat(512));
  });

  it("metadata of a report that was coalesced away is kept under the newer one's", async () => {
    const reporter = createReporter();
    reporter.report(1, "a");
    reporter.report(2, "b", { stage: "query", rows: 1 });
    reporter.report(3, "c");
    reporter.report(4, "d", { rows: 2 });
    await reporter.flushNow();
    expect(stored.at(-1)).toMatchObject({ percentage: 4, message: "d", metadata: { stage: "query", rows: 2 } });
  });

  it("metadata of an update that was stored does not come again", async () => {
    const reporter = createReporter();
    reporter.report(1, "a", { stage: "query" });
    await reporter.flushNow();
    reporter.report(2, "b");
    await reporter.flushNow();
    expect(stored[1]).not.toHaveProperty("metadata");
  });

  it("the last report is known before it is stored", () => {
    const reporter = createReporter();
    expect(reporter.last).toBeUndefined();
    reporter.report(1, "a");
    reporter.report(2, "b");
    expect(reporter.last).toMatchObject({ percentage: 2, message: "b", at: clock.now() });
  });
});

describe("numbers", () => {
  it("rise by one from the attempt's first, and each names the one before it", async () => {
    const reporter = createReporter();
    for (const percentage of [1, 2, 3]) {
      reporter.report(percentage, "a");
      await reporter.flushNow();
    }
    expect(stored.map(({ sequence, previous, attempt }) => [sequence, previous, attempt])).toEqual([
      [1_000_001, 0, 1],
      [1_000_002, 1_000_001, 1],
      [1_000_003, 1_000_002, 1],
    ]);
  });

  it("of a second attempt follow on the last of the first", async () => {
    const reporter = createReporter({}, 2, 1_000_007);
    for (const percentage of [1, 2]) {
      reporter.report(percentage, "a");
      await reporter.flushNow();
    }
    expect(stored.map(({ sequence, previous }) => [sequence, previous])).toEqual([
      [2_000_001, 1_000_007],
      [2_000_002, 2_000_001],
    ]);
  });

  it("have no hole where an update could not be stored: it is logged, not sent, and stored before the next, as it was", async () => {
    let failing = true;
    const put: UpdateLineDeps["updates"]["put"] = async (_, update) => {
      if (failing) throw new Error("throttled");
      if (update.type === "progress") stored.push({ ...update, storedAt: 0 });
    };
    const reporter = createReporter({ updates: { put } });
    reporter.report(1, "a");
    await reporter.flushNow();
    expect(sent).toEqual([]);
    failing = false;
    reporter.report(2, "b");
    await reporter.flushNow();
    expect(stored).toMatchObject([
      { percentage: 1, sequence: 1_000_001, previous: 0 },
      { percentage: 2, sequence: 1_000_002, previous: 1_000_001 },
    ]);
    expect(sent).toMatchObject([{ percentage: 1 }, { percentage: 2 }]);
    expect(log.entries()).toMatchObject([{ level: "WARN" }]);
  });

  it("are not blocked by what can never be stored: metadata that is no JSON, or over a message", async () => {
    const reporter = createReporter();
    for (const metadata of [{ rows: 1n }, { text: "x".repeat(131_072) }]) {
      reporter.report(1, "a", metadata);
      await reporter.flushNow();
    }
    reporter.report(2, "b");
    await reporter.flushNow();
    expect(stored).toMatchObject([{ percentage: 2, sequence: 1_000_001, previous: 0 }]);
    expect(log.entries()).toHaveLength(2);
  });
});
