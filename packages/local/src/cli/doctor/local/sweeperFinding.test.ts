import { expect, it } from "vitest";
import type { FunctionStatus, StackStatus } from "../../../stack/status.ts";
import { sweeperFinding } from "./functionsCheck.ts";

const MINUTE_MS = 60_000;
const STARTED = 1_000_000;
const schedule = { name: "sweeper", everyMs: MINUTE_MS, function: "sweeper", running: true, startedAt: STARTED };

/** What is said so long after the start, by what the sweeper did when. */
function findingAfter(ms: number, record: Partial<FunctionStatus>) {
  const functions = [{ name: "sweeper", invocations: 1, failures: 0, ...record }] as readonly FunctionStatus[];
  const status: Pick<StackStatus, "time" | "functions"> = { time: STARTED + ms, functions };
  return sweeperFinding(schedule, status as StackStatus);
}

it.each<[string, number, Partial<FunctionStatus>, string, RegExp]>([
  ["has not run yet just after the start", MINUTE_MS, {}, "ok", /first run is due/],
  ["has not run for two minutes after the start", 2 * MINUTE_MS + 1, {}, "fail", /has not run yet; it should run every 60 s/],
  ["ran a minute ago", 10 * MINUTE_MS, { lastSucceededAt: STARTED + 9 * MINUTE_MS }, "ok", /ran 60 s ago/],
  ["ran three minutes ago", 10 * MINUTE_MS, { lastSucceededAt: STARTED + 7 * MINUTE_MS }, "fail", /ran 3 min ago; it should run every/],
  [
    "failed the last time",
    10 * MINUTE_MS,
    { lastSucceededAt: STARTED + 9 * MINUTE_MS, lastFailedAt: STARTED + 9.5 * MINUTE_MS, lastError: "TimeoutError" },
    "fail",
    /last run failed \(TimeoutError\)/,
  ],
  [
    "failed, and went well since",
    10 * MINUTE_MS,
    { lastSucceededAt: STARTED + 9 * MINUTE_MS, lastFailedAt: STARTED + 8 * MINUTE_MS },
    "ok",
    /ran/,
  ],
])("a sweeper that %s", (_, ms, record, status, seen) => {
  expect(findingAfter(ms, record)).toMatchObject({ name: "sweeper", status, seen: expect.stringMatching(seen) as string });
});
