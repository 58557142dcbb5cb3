import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PRICES } from "../costs/prices.ts";
import { scenarioCosts } from "../costs/page.ts";
import { RECORDS_PER_REQUEST, REQUEST, writesTo } from "./demand.ts";
import { renderPlan, withPlan } from "./page.ts";
import { planFor } from "./plan.ts";
import type { Plan, PlanRow } from "./plan.ts";
import { SYSTEM } from "./system.ts";

const PAGE = join(import.meta.dirname, "../capacity.md");
const STAGES = join(import.meta.dirname, "../../../stacks/src/stages.ts");

function row({ rows }: Plan, id: string): PlanRow {
  const found = rows.find((one) => one.id === id);
  if (found === undefined) throw new Error(`The plan has no row "${id}". It has: ${rows.map((one) => one.id).join(", ")}.`);
  return found;
}

describe("what one request takes", () => {
  it("by item and index it is as many write units as the costs count", () => {
    const places = ["table", "gsi1", "gsi2", "gsi3", "gsi4"] as const;
    expect(places.reduce((total, place) => total + writesTo(place), 0)).toBe(REQUEST.tableWrites);
  });

  it("each write of it is a record of the stream, of which two pass the Pipe", () => {
    // Connection twice, submit, claim, three heartbeats, ten updates, settle.
    expect(RECORDS_PER_REQUEST).toBe(18);
    expect(REQUEST.pipes).toBe(2);
  });

  it("a thousand of them cost what the page of costs says", () => {
    const [asynchronous] = scenarioCosts();
    expect((planFor(1_000).dollars.requests / 3_600).toFixed(6)).toBe(asynchronous?.dollars.toFixed(6));
  });
});

describe("a plan (S-269, S-270)", () => {
  const plan = planFor(10_000);

  it("at 10,000 requests a second the work index needs more shards than it has, and says up to where they carry it", () => {
    // Four units a request; 5 % more in the fullest shard: 10 × 1,000 / 4.2.
    expect(plan.workShards).toEqual({ now: 10, needed: 42, enoughTo: 2_380 });
    expect(row(plan, "workShard").verdict).toBe("change");
    expect(row(planFor(2_380), "workShard").verdict).toBe("enough");
    expect(row(planFor(2_381), "workShard").verdict).toBe("change");
  });

  it("says what no quota can raise: one queue's workers, and one tenant's submits", () => {
    expect(row(plan, "mapping")).toMatchObject({ needed: 300_000, enoughTo: 33, verdict: "change" });
    expect(row(plan, "oneTenant")).toMatchObject({ needed: 10_000, enoughTo: 1_000, verdict: "change" });
  });

  it("counts a frame in, ten updates and an end against the account's 10,000 messages a second", () => {
    expect(row(plan, "accountRequests")).toMatchObject({ needed: 120_000, enoughTo: 833, verdict: "raise" });
  });

  it("of each row the rate that the default carries is enough, and one more is not", () => {
    const wrong = plan.rows.filter(
      ({ id, enoughTo }) => row(planFor(enoughTo), id).verdict !== "enough" || row(planFor(enoughTo + 1), id).verdict === "enough",
    );
    expect(wrong).toEqual([]);
    expect(plan.rows.length).toBeGreaterThan(15);
  });

  it("at twice the rate all that is counted by the second is twice as much, and what the defaults carry is the same", () => {
    const double = planFor(20_000);
    // What is rounded up may be one less.
    const wrong = plan.rows.filter(
      ({ id, needed, enoughTo }) => ![0, 1].includes(2 * needed - row(double, id).needed) || row(double, id).enoughTo !== enoughTo,
    );
    expect(wrong).toEqual([]);
    for (const name of ["requests", "topics", "logs"] as const) expect(double.dollars[name]).toBeCloseTo(2 * plan.dollars[name], 6);
    for (const place of ["table", "gsi1", "gsi4"] as const) expect(double.partitions[place]).toBe(2 * plan.partitions[place]);
    expect(double.pipe.eventsPerSecond).toBe(2 * plan.pipe.eventsPerSecond);
    expect(double.pipe.shards).toBe(2 * plan.pipe.shards);
    expect(double.pipe.parallelization).toBe(plan.pipe.parallelization);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses a rate of %s", (rate) => {
    expect(() => planFor(rate)).toThrow(RangeError);
  });
});

describe("the page", () => {
  it("says what the script prints", async () => {
    const page = await readFile(PAGE, "utf8");
    expect(page).toBe(withPlan(page, planFor(10_000)));
  });

  it("names the quota's page for each of AWS's, and none for ours", () => {
    const { rows } = planFor(10_000);
    expect(rows.filter(({ page }) => page === undefined).map(({ id }) => id)).toEqual(["workers", "notifier", "stageThrottle"]);
    const hosts = rows.flatMap(({ page }) => (page === undefined ? [] : [new URL(page).host]));
    expect(new Set(hosts)).toEqual(new Set(["docs.aws.amazon.com"]));
  });

  it("without its markers is refused", () => {
    expect(() => withPlan("# A page", planFor(1))).toThrow("npm run capacity");
  });

  it("shows amounts as they are read", () => {
    expect(renderPlan(planFor(10_000))).toContain("| units/s at 10,000/s | 240,000 |");
  });
});

it("frames that production lets in are those of the stacks", async () => {
  const stages = await readFile(STAGES, "utf8");
  const production = /const prod: StageSettings = \{[^]*?requestsPerSecond: ([\d_]+)/.exec(stages)?.[1];
  expect(Number(production?.replaceAll("_", ""))).toBe(SYSTEM.stageThrottle.default);
});

it("prices are those of the costs", () => {
  expect(planFor(1).dollars.streamReads).toBeCloseTo((4 * 3_600 * PRICES.streamReads.dollars) / PRICES.streamReads.per, 12);
});
