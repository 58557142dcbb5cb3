import { expect, test } from "vitest";
import { createFakeClock } from "./fakeClock.ts";

test("it stands still until it is advanced", async () => {
  const clock = createFakeClock(5_000);
  expect([clock.now(), clock.monotonic()]).toEqual([5_000, 0]);
  await clock.advance(250);
  expect([clock.now(), clock.monotonic()]).toEqual([5_250, 250]);
});

test("timers run in the order of their times, each at its own, those of the same time as they were set", async () => {
  const clock = createFakeClock(0);
  const ran: (readonly [string, number])[] = [];
  const note = (name: string) => () => void ran.push([name, clock.now()]);
  clock.after(30, note("late"));
  clock.after(10, note("early"));
  clock.after(10, note("early too"));
  clock.after(31, note("later than asked"));
  await clock.advance(30);
  expect(ran).toEqual([
    ["early", 10],
    ["early too", 10],
    ["late", 30],
  ]);
  expect(clock.pending).toBe(1);
});

test("what a timer sets, at once or after awaiting, runs in the same advance when it falls due", async () => {
  const clock = createFakeClock(0);
  const ran: number[] = [];
  const again = async (): Promise<void> => {
    ran.push(clock.now());
    await Promise.resolve();
    if (ran.length < 3) clock.after(10, () => void again());
  };
  clock.after(10, () => void again());
  await clock.advance(100);
  expect(ran).toEqual([10, 20, 30]);
  expect(clock.now()).toBe(100);
});

test("a cancelled timer does not run and is not pending", async () => {
  const clock = createFakeClock();
  let ran = false;
  const timer = clock.after(10, () => (ran = true));
  expect(clock.pending).toBe(1);
  timer.cancel();
  expect(clock.pending).toBe(0);
  await clock.advance(10);
  expect(ran).toBe(false);
});

test("a negative delay is due at once, but only when time is advanced", async () => {
  const clock = createFakeClock();
  let ran = false;
  clock.after(-5, () => (ran = true));
  expect(ran).toBe(false);
  await clock.advance(0);
  expect(ran).toBe(true);
});

test("setting the wall clock moves neither the monotonic clock nor the timers", async () => {
  const clock = createFakeClock(1_000);
  let ran = false;
  clock.after(100, () => (ran = true));
  await clock.advance(50);
  clock.setNow(900_000);
  expect([clock.now(), clock.monotonic(), ran]).toEqual([900_000, 50, false]);
  await clock.advance(50);
  expect([clock.now(), clock.monotonic(), ran]).toEqual([900_050, 100, true]);
});
