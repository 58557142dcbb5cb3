import { createFakeClock } from "@streamer/protocol/testing";
import { afterEach, expect, test } from "vitest";
import type { Logger } from "../bus/logger.ts";
import { createSchedule } from "./createSchedule.ts";
import type { Schedule, ScheduledEvent } from "./createSchedule.ts";

const MINUTE_MS = 60_000;
let schedule: Schedule | undefined;
afterEach(() => schedule?.stop());

function setUp(invoke: (event: ScheduledEvent) => Promise<unknown>) {
  const clock = createFakeClock();
  const errors: string[] = [];
  const logger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: (message) => void errors.push(message) };
  const created = createSchedule({ name: "sweeper", everyMs: MINUTE_MS }, { invoke, clock, logger, newId: () => "id-1" });
  schedule = created;
  return { schedule: created, clock, errors };
}

test("it fires each time its interval has passed, with the event of EventBridge Scheduler", async () => {
  const events: ScheduledEvent[] = [];
  const { schedule: sweeper, clock } = setUp(async (event) => void events.push(event));
  sweeper.start();
  await clock.advance(MINUTE_MS - 1);
  expect(events).toEqual([]);
  await clock.advance(1);
  expect(events).toEqual([
    {
      version: "0",
      id: "id-1",
      "detail-type": "Scheduled Event",
      source: "aws.scheduler",
      account: "000000000000",
      time: "2026-01-01T00:01:00Z",
      region: "us-east-1",
      resources: ["arn:aws:scheduler:us-east-1:000000000000:schedule/default/sweeper"],
      detail: "{}",
    },
  ]);
  await clock.advance(2 * MINUTE_MS);
  expect(events.map(({ time }) => time)).toEqual(["2026-01-01T00:01:00Z", "2026-01-01T00:02:00Z", "2026-01-01T00:03:00Z"]);
});

test("it never runs twice at a time, and fires again once the long run has ended", async () => {
  const releases: (() => void)[] = [];
  const { schedule: sweeper, clock } = setUp(() => new Promise<void>((resolve) => releases.push(resolve)));
  sweeper.start();
  await clock.advance(3 * MINUTE_MS);
  expect(releases).toHaveLength(1);
  releases[0]?.();
  await clock.advance(MINUTE_MS);
  expect(releases).toHaveLength(2);
  releases[1]?.();
});

test("a failure is logged and does not stop it", async () => {
  let runs = 0;
  const {
    schedule: sweeper,
    clock,
    errors,
  } = setUp(async () => {
    runs += 1;
    throw new Error("no");
  });
  sweeper.start();
  await clock.advance(2 * MINUTE_MS);
  expect(runs).toBe(2);
  expect(errors).toHaveLength(2);
});

test("starting twice fires once", async () => {
  let runs = 0;
  const { schedule: sweeper, clock } = setUp(async () => void (runs += 1));
  sweeper.start();
  sweeper.start();
  await clock.advance(MINUTE_MS);
  expect(runs).toBe(1);
});

test("stopping waits for the run under way and leaves no timer", async () => {
  let release = (): void => {};
  const { schedule: sweeper, clock } = setUp(() => new Promise<void>((resolve) => (release = resolve)));
  sweeper.start();
  await clock.advance(MINUTE_MS);
  let isStopped = false;
  const stopped = sweeper.stop().then(() => (isStopped = true));
  await clock.advance(MINUTE_MS);
  expect(isStopped).toBe(false);
  expect(clock.pending).toBe(0);
  release();
  await stopped;
});

test("an interval of nothing is refused", () => {
  expect(() => createSchedule({ name: "x", everyMs: 0 }, { invoke: async () => {}, clock: createFakeClock(), logger: console })).toThrow(
    RangeError,
  );
});
