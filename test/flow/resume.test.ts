import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalStack } from "@streamer/local";
import type { FaultRates, LocalStack } from "@streamer/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHAOS_APP_DIR } from "../chaos/harness/chaosStack.ts";
import { judge } from "./resuming/judge.ts";
import { planFor } from "./resuming/plan.ts";
import { run } from "./resuming/run.ts";
import type { RunReport } from "./resuming/run.ts";

/** Of every run; others by `RESUME_SEEDS=7,8,9`. */
const DEFAULT_SEEDS = [1, 2, 3, 4, 5, 6];
const SEEDS = process.env["RESUME_SEEDS"]?.split(",").map(Number) ?? DEFAULT_SEEDS;

/** What comes between a worker and its watchers, mostly: 429s, slow and failed posts, broken sockets. And workers that die. */
const RATES: FaultRates = {
  post_throttled: 0.5,
  post_slow: 0.1,
  post_failed: 0,
  post_gone: 0.03,
  socket_cut: 0.02,
  call_throttled: 0.01,
  call_failed: 0.01,
  answer_lost: 0.01,
  message_duplicated: 0.05,
  message_delayed: 0.05,
  sandbox_killed: 0.02,
  message_dropped: 0,
  record_duplicated: 0.05,
  record_delayed: 0,
  record_reordered: 0.05,
  record_dropped: 0,
  event_duplicated: 0.05,
  event_delayed: 0,
  event_dropped: 0,
  sandbox_crashed_at_start: 0,
};
/** In place of each minute. */
const SWEEP_EVERY_MS = 500;

let stack: LocalStack;
let dataDir: string;
let effectLog: string;
const reports: RunReport[] = [];
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-resume-"));
  effectLog = join(dataDir, "effects.jsonl");
  await writeFile(effectLog, "");
  stack = await startLocalStack({
    functionsDir: CHAOS_APP_DIR,
    dataDir,
    port: 0,
    log: () => undefined,
    wiring: (wiring) => ({ ...wiring, schedules: wiring.schedules.map((schedule) => ({ ...schedule, everyMs: SWEEP_EVERY_MS })) }),
    chaos: { seed: 1, rates: RATES },
  });
});
afterAll(async () => {
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe("what each watcher saw is the log, once, in order, or has an explicit gap", { timeout: 150_000 }, () => {
  it.for(SEEDS)("seed %i: whoever connects, drops, reloads, and with whatever they have", async (seed, { annotate }) => {
    const report = await run({ stack, seed, plan: planFor(seed), effectLog });
    reports.push(report);
    const { watchers, gaps, untold } = report;
    await annotate(`seed ${seed}: ${watchers} watchers, ${gaps} gaps, ${untold} heard of the end only after another reconnect`);
    expect(report.problems).toEqual([]);
  });

  it.runIf(SEEDS === DEFAULT_SEEDS)("and things did go wrong: sockets were cut, posts were refused, updates were deleted", () => {
    const counts = stack.chaos?.counts;
    expect(counts?.post_throttled).toBeGreaterThan(0);
    expect(counts?.post_slow).toBeGreaterThan(0);
    expect(counts?.socket_cut).toBeGreaterThan(0);
    expect(reports.reduce((sum, { gaps }) => sum + gaps, 0)).toBeGreaterThan(0);
    expect(reports.reduce((sum, { watchers }) => sum + watchers, 0)).toBeGreaterThan(DEFAULT_SEEDS.length * 6);
  });
});

describe("the judge", () => {
  const stored = [1, 2, 3].map((n) => ({
    tenant: "t",
    requestId: "r",
    sequence: 1_000_000 + n,
    previous: n === 1 ? 0 : 999_999 + n,
    attempt: 1,
    percentage: 10 * n,
  }));
  const seen = (...which: readonly number[]) =>
    which.map((n) => ({
      type: "progress" as const,
      sequence: 1_000_000 + n,
      attempt: 1,
      percentage: 10 * n,
      message: "",
      metadata: undefined,
      timestamp: 1,
    }));
  const gap = (from: number, to: number) => ({
    type: "gap" as const,
    sequence: 1_000_000 + to,
    attempt: 1,
    from: 1_000_000 + from,
    to: 1_000_000 + to,
    snapshot: undefined,
  });
  const log = (...gone: readonly number[]) => ({ stored, deleted: new Set(gone.map((n) => 1_000_000 + n)) });

  it.each([
    ["all of it", { after: 0, updates: seen(1, 2, 3) }, log()],
    ["what came after", { after: 1_000_002, updates: seen(3) }, log()],
    ["a gap of what was deleted", { after: 0, updates: [gap(1, 2), ...seen(3)] }, log(1, 2)],
  ])("takes %s", (_, transcript, truth) => {
    expect(judge(transcript, truth)).toEqual([]);
  });

  it.each([
    ["a lost update", { after: 0, updates: seen(1, 3) }, log(), /missing/],
    ["a lost update that was deleted, without a gap", { after: 0, updates: seen(2, 3) }, log(1), /missing/],
    ["a gap of what was not deleted", { after: 0, updates: [...seen(1), gap(2, 2), ...seen(3)] }, log(1), /never deleted/],
    ["an update twice", { after: 0, updates: seen(1, 2, 2, 3) }, log(), /came after/],
    ["updates out of order", { after: 0, updates: seen(1, 3, 2) }, log(), /came after/],
    ["one that it had", { after: 1_000_001, updates: seen(1, 2, 3) }, log(), /came after/],
    ["one that nobody stored", { after: 0, updates: seen(1, 2, 3, 4) }, log(), /not stored/],
  ])("finds %s", (_, transcript, truth, problem) => {
    expect(judge(transcript, truth).join()).toMatch(problem);
  });
});
