import { describe, expect, it } from "vitest";
import { createTallying } from "../figures/tally.ts";
import { createLedger } from "./ledger.ts";
import { slopesOf, verdictOn } from "./memory.ts";
import { countFigures, isSound, saturation } from "./verdict.ts";
import type { Outcome } from "./world.ts";
import { share } from "./world.ts";

describe("what the workers wrote, beside what was sent", () => {
  it("one run each is sound", () => {
    expect(createLedger(["a", "b"], ["b", "a"])).toEqual({ neverRan: 0, ranAgain: 0, strays: 0 });
  });

  it("counts what never ran, what ran again, and what nobody sent", () => {
    expect(createLedger(["a", "b", "c"], ["a", "a", "a", "c", "x"])).toEqual({ neverRan: 1, ranAgain: 2, strays: 1 });
  });
});

describe("memory", () => {
  const grown = (heapKb: number, rssKb: number) =>
    slopesOf(
      Array.from({ length: 20 }, (_, index) => {
        const minute = index / 2;
        // The first half grows in any case: that is no leak.
        const first = index < 10 ? 5_000 * minute : 25_000;
        return { minute, heapKb: 40_000 + first + heapKb * minute, rssKb: 900_000 + first + rssKb * minute, engineRssKb: 10_000 };
      }),
    );

  it("that grows at first and then no more is flat", () => {
    const slopes = grown(0, 0);
    expect(slopes.first.heapKb).toBeCloseTo(5_000, 6);
    expect(verdictOn(slopes)).toContain("Memory was flat");
  });

  it.each([
    ["the heap", 301, 0],
    ["the RSS", 0, 1_025],
  ])("is not flat when %s of the second half is over its bound", (_, heapKb, rssKb) => {
    expect(verdictOn(grown(heapKb, rssKb))).toContain("NOT flat");
  });

  it("is flat at its bounds, to a rounding", () => {
    expect(verdictOn(grown(299.9, 1_023.9))).toContain("Memory was flat");
  });
});

describe("the verdict", () => {
  const use = { rssKb: 0, heapKb: 0, cpuSeconds: 0, loop: { active: 0, idle: 0 }, engineRssKb: 0, engineCpuSeconds: 0, warnings: 0 };
  const outcome = (change: (tallying: ReturnType<typeof createTallying>) => void, runs: readonly string[] = ["w1"]): Outcome => {
    const tallying = createTallying(() => 0);
    tallying.sent("e1", "echo");
    tallying.came({ type: "response", request_id: "e1", success: true });
    tallying.sent("w1", "work");
    tallying.came({ type: "acknowledgment", request_id: "w1" });
    change(tallying);
    const tally = tallying.tally();
    return { tally, ledger: createLedger(tally.workIds, runs), dropped: 0, clientCpuSeconds: 0, stack: use };
  };
  const done = (tallying: ReturnType<typeof createTallying>): void => tallying.came({ type: "complete", request_id: "w1" });
  const soundness = (of: Outcome): boolean => isSound(countFigures("x", of));

  it("is good when each was answered once and ran once", () => {
    expect(soundness(outcome(done))).toBe(true);
  });

  it.each<[string, Outcome]>([
    ["work that never ended", outcome(() => {})],
    ["a second end", outcome((tallying) => (done(tallying), done(tallying)))],
    ["a second run", outcome(done, ["w1", "w1"])],
    ["no run", outcome(done, [])],
    ["an echo without an answer", outcome((tallying) => (done(tallying), tallying.sent("e2", "echo")))],
    [
      "a frame of the gateway",
      outcome((tallying) => (done(tallying), tallying.came({ message: "Internal server error", connectionId: "c" }))),
    ],
    ["a connection that closed", { ...outcome(done), dropped: 1 }],
  ])("is bad with %s", (_, of) => {
    expect(soundness(of)).toBe(false);
  });

  it("is not about times, rates or warnings", () => {
    const slow = { id: "x.p99", what: "p99", unit: "ms", ours: 1e9, goal: { atMost: 5 } } as const;
    expect(isSound([...countFigures("x", { ...outcome(done), stack: { ...use, warnings: 9 } }), slow])).toBe(true);
  });
});

it.each([
  [{ machineCores: 1.9, loopShare: 0.2 }, "the machine"],
  [{ machineCores: 1, loopShare: 0.95 }, "main thread"],
  [{ machineCores: 1, loopShare: 0.5 }, "Nothing was saturated"],
])("what saturates is said: %o", (use, words) => {
  expect(saturation({ seconds: 1, stackCores: 1, engineCores: 0, ...use }, 2)).toContain(words);
});

it("parts add up to the whole", () => {
  expect([0, 1, 2].map((index) => share(1_000, 3, index))).toEqual([333, 333, 334]);
  expect([0, 1].map((index) => share(1, 2, index))).toEqual([0, 1]);
});
