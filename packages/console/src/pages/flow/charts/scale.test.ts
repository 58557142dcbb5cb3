import { expect, test } from "vitest";
import { linearScale, linePath, ticksTo } from "./scale.ts";

test("a scale is in proportion, and may run backwards", () => {
  const yOf = linearScale([0, 10], [100, 0]);
  expect([0, 2.5, 10].map(yOf)).toEqual([100, 75, 0]);
});

test("a scale of a range without extent goes to its beginning", () => {
  expect(linearScale([3, 3], [10, 20])(3)).toBe(10);
});

test.each([
  [10, [0, 2, 4, 6, 8, 10]],
  [7, [0, 2, 4, 6, 8]],
  [1_234, [0, 500, 1_000, 1_500]],
  [0.3, [0, 0.1, 0.2, 0.3]],
])("the axis to %d has round marks", (max, ticks) => {
  expect(ticksTo(max)).toEqual(ticks);
});

test("what is counted has whole marks, and an axis even when there is nothing", () => {
  expect(ticksTo(0, { whole: true })).toEqual([0, 1]);
  expect(ticksTo(1, { whole: true })).toEqual([0, 1]);
  expect(ticksTo(3, { whole: true })).toEqual([0, 1, 2, 3]);
});

test.each([0, 0.004, 1, 3, 17, 99, 12_345, 9_999_999])("the axis to %d reaches it with few marks", (max) => {
  const ticks = ticksTo(max, { whole: true });
  expect(ticks.at(-1)).toBeGreaterThanOrEqual(max);
  expect(ticks.length).toBeLessThanOrEqual(6);
});

test("an axis of measured values has an extent even when there are none", () => {
  expect(ticksTo(0)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
});

test("a line breaks where a value is missing, and a point alone is seen", () => {
  const same = (value: number): number => value;
  expect(linePath([1, 2, undefined, 4, undefined], same, same)).toBe("M0 1L1 2M3 4h0");
});
