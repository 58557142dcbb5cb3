import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderCosts, scenarioCost, scenarioCosts, withCosts } from "./page.ts";
import { PRICES } from "./prices.ts";
import { consistentRead, dollars, eventualRead, message, run, sum, times, write } from "./usage.ts";

describe("what is counted", () => {
  it.each([
    ["a write of 1 byte", write(1), { tableWrites: 1 }],
    ["a write of 1,024 bytes", write(1_024), { tableWrites: 1 }],
    ["a write of 1,025 bytes with four new index entries", write(1_025, 4), { tableWrites: 6 }],
    ["a consistent read that finds nothing", consistentRead(0), { tableReads: 1 }],
    ["a consistent read of 4,097 bytes", consistentRead(4_097), { tableReads: 2 }],
    ["an eventually consistent read that finds nothing", eventualRead(0), { tableReads: 0.5 }],
    ["a frame of 32 KB", message(32 * 1_024), { messages: 1 }],
    ["a frame of 32 KB and a byte", message(32 * 1_024 + 1), { messages: 2 }],
    ["20 ms of 512 MB", run(512, 20, 0.05), { invocations: 1, compute: 0.01, traces: 0.05 }],
    ["two things together", sum({ messages: 1, queue: 3 }, { messages: 2 }), { messages: 3, queue: 3 }],
    ["ten of a thing", times(10, { tableWrites: 1, messages: 2 }), { tableWrites: 10, messages: 20 }],
  ])("%s", (_, usage, expected) => expect(usage).toEqual(expected));
});

describe("what it costs", () => {
  it.each([
    ["a million writes", { tableWrites: 1_000_000 }, 0.625],
    ["a million messages and a million minutes", { messages: 1_000_000, connectionMinutes: 1_000_000 }, 1.25],
    ["100,000 reads of the stream", { streamReads: 100_000 }, 0.02],
    ["2 GB of logs", { logs: 2 }, 1],
  ])("%s", (_, usage, expected) => expect(dollars(usage)).toBeCloseTo(expected, 12));

  it("of a scenario is the sum of its steps, and of its services", () => {
    const cost = scenarioCost({
      title: "by hand",
      count: 1_000,
      steps: [
        // 1,000 × (2 writes + 1 message) = 2,000 × $0.625/M + 1,000 × $1/M = $0.00125 + $0.001
        { step: "in", usage: { tableWrites: 2, messages: 1 } },
        // 1,000 × 3 × $0.40/M = $0.0012
        { step: "queue", usage: { queue: 3 } },
      ],
      // 1,000 × 2,000 bytes = 0.002 GB × $0.50
      logBytes: 2_000,
      // 1,000 × 10,000 bytes = 0.01 GB, for 7 of 30 days, at $0.25 + $0.20
      storedBytes: 10_000,
    });
    expect(cost.dollars).toBeCloseTo(0.00345, 12);
    expect(cost.steps.map((one) => one.dollars)).toEqual([expect.closeTo(0.00225, 12), expect.closeTo(0.0012, 12)]);
    expect(cost.services.reduce((total, one) => total + one.dollars, 0)).toBeCloseTo(0.00345, 12);
    expect(cost.logsDollars).toBeCloseTo(0.001, 12);
    expect(cost.storageDollars).toBeCloseTo(0.00105, 12);
  });

  it("an asynchronous request takes 31 writes, 11 reads and 13 messages", () => {
    // Writes: message in 1; submit 2 + 4 indexes; claim 2 + 2; three heartbeats 3 × 2; ten updates 10; settle 2 + 1; count 1.
    // Reads: a query for each update and for the end. Messages: in, acknowledgment, ten updates, the end.
    const amounts = Object.fromEntries(scenarioCosts()[0]?.services.map((one) => [one.service, one.amount]) ?? []);
    expect(amounts).toMatchObject({
      [PRICES.tableWrites.label]: 31_000,
      [PRICES.tableReads.label]: 11_000,
      [PRICES.messages.label]: 13_000,
    });
  });

  const amountsOf = (title: RegExp) => {
    const [cost, ...more] = scenarioCosts().filter((one) => title.test(one.title));
    expect(more).toEqual([]);
    return { cost, amounts: Object.fromEntries(cost?.services.map((one) => [one.service, one.amount]) ?? []) };
  };

  it("topics add to a request six queue requests, two runs and four reads, and a message for each of two transitions to a subscriber", () => {
    const { cost, amounts } = amountsOf(/^topics of requests/);
    expect(amounts).toMatchObject({
      [PRICES.queue.label]: 6_000,
      [PRICES.invocations.label]: 2_000,
      [PRICES.tableReads.label]: 4_000,
      [PRICES.messages.label]: 2_000,
    });
    // Already on the bus, and counted with the request itself; nothing is written.
    expect(amounts).not.toHaveProperty(PRICES.events.label);
    expect(amounts).not.toHaveProperty(PRICES.tableWrites.label);
    expect(cost).not.toHaveProperty("goalDollars");
  });

  it("an event to 100 subscribers is one event, three queue requests, one run, ten reads and 100 messages", () => {
    // 100 subscriptions of 400 bytes are 40,000 bytes: ten units of 4 KB.
    expect(amountsOf(/^1,000 events to a topic with 100 subscribers$/).amounts).toMatchObject({
      [PRICES.events.label]: 1_000,
      [PRICES.queue.label]: 3_000,
      [PRICES.invocations.label]: 1_000,
      [PRICES.tableReads.label]: 10_000,
      [PRICES.messages.label]: 100_000,
    });
  });

  it("every goal is met", () => {
    const withGoal = scenarioCosts().filter((cost) => cost.goalDollars !== undefined);
    expect(withGoal).toHaveLength(2);
    for (const cost of withGoal) expect(cost.dollars).toBeLessThanOrEqual(cost.goalDollars ?? 0);
  });
});

describe("the page", () => {
  it("says what the script computes", async () => {
    const page = await readFile(join(import.meta.dirname, "../costs.md"), "utf8");
    expect(page).toContain(renderCosts());
    expect(withCosts(page)).toBe(page);
  });

  it("without its markers is not written over", () => {
    expect(() => withCosts("# What it costs\n")).toThrow("Put both back");
  });
});
