import { expect, it } from "vitest";
import { runHistory } from "./history/runHistory.ts";
import { story } from "./history/story.ts";
import { summarise } from "./summary.ts";
import type { HistoryRun } from "./history/runHistory.ts";

const SEEDS = Array.from({ length: 10 }, (_, index) => index + 1);
const REQUESTS = 100;
const MAX_STORIES = 3;
const runs: HistoryRun[] = [];

// A history mostly waits: two at a time take half as long.
it.concurrent.each(SEEDS)("seed %i: every acknowledged request ends once, and every watcher sees it", async (seed) => {
  const run = await runHistory({ seed, requests: REQUESTS });
  runs.push(run);
  const stories = run.verdict.violations.slice(0, MAX_STORIES).map(({ request }) => request && story(run.history, run.logs, request));
  expect({ violations: run.verdict.violations, stories }).toEqual({ violations: [], stories: [] });
  expect(run.verdict.acknowledged).toBe(REQUESTS);
});

it("all of them together: nothing was lost or doubled, and things did go wrong", () => {
  const { faults, lost, doubled, requests } = summarise(runs);
  expect({ lost, doubled, requests }).toEqual({ lost: 0, doubled: 0, requests: SEEDS.length * REQUESTS });
  expect(Object.entries(faults).filter(([, count]) => count === 0)).toEqual([]);
});
