import { expect, it } from "vitest";
import { runHistory } from "./history/runHistory.ts";
import { story } from "./history/story.ts";
import { summarise } from "./summary.ts";
import type { HistoryRun } from "./history/runHistory.ts";

const SEEDS = Array.from({ length: 10 }, (_, index) => index + 1);
const REQUESTS = 100;
const runs: HistoryRun[] = [];

it.each(SEEDS)("seed %i: every acknowledged request ends once, and every watcher sees it", async (seed) => {
  const run = await runHistory({ seed, requests: REQUESTS });
  runs.push(run);
  const [first] = run.verdict.violations;
  const about = first?.request === undefined ? "" : story(run.history, run.logs, first.request);
  expect(run.verdict.violations, about).toEqual([]);
  expect(run.verdict.acknowledged).toBe(REQUESTS);
});

it("all of them together: nothing was lost or doubled, and things did go wrong", () => {
  const { faults, lost, doubled, requests, text } = summarise(runs);
  expect({ lost, doubled, requests }, text).toEqual({ lost: 0, doubled: 0, requests: SEEDS.length * REQUESTS });
  for (const [kind, count] of Object.entries(faults)) expect(count, kind).toBeGreaterThan(0);
});
