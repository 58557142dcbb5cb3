import { expect, expectTypeOf, test } from "vitest";
import { durationMs } from "./duration.ts";
import type { Duration } from "./duration.ts";

test.each([
  ["0 seconds", 0],
  ["1 millisecond", 1],
  ["250 milliseconds", 250],
  ["1 second", 1_000],
  ["2.5 seconds", 2_500],
  ["1 minute", 60_000],
  ["0.5 hours", 1_800_000],
  ["2 hours", 7_200_000],
  ["1 day", 86_400_000],
  ["7 days", 604_800_000],
] as const)("%s is %i ms", (duration, ms) => {
  expect(durationMs(duration)).toBe(ms);
});

test.each([
  "",
  "5",
  "seconds",
  "5seconds",
  "5  seconds",
  " 5 seconds",
  "5 seconds ",
  "-5 seconds",
  "1e3 seconds",
  ".5 seconds",
  "5 weeks",
  "5 Seconds",
])("%j is refused, and the error says what to write", (text) => {
  expect(() => durationMs(text as Duration)).toThrow(
    new RangeError(`"${text}" is not a duration. Write a number and a unit, such as "5 seconds" or "1 minute".`),
  );
});

test("the compiler knows durations by their text", () => {
  expectTypeOf<"5 seconds">().toExtend<Duration>();
  expectTypeOf<"0.5 hours">().toExtend<Duration>();
  expectTypeOf<"5 weeks">().not.toExtend<Duration>();
  expectTypeOf<"five seconds">().not.toExtend<Duration>();
  expectTypeOf<"seconds">().not.toExtend<Duration>();
  // @ts-expect-error a number has no unit
  expect(() => durationMs(5)).toThrow(RangeError);
});
