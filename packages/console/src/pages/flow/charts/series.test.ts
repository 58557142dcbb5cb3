import { expect, test } from "vitest";
import { bucketsOf, highest, lastOf, loneOf } from "./series.ts";

const point = (at: number, submitted: number, p95Ms?: number) => ({
  at,
  submitted,
  ended: submitted,
  failed: 1,
  ...(p95Ms === undefined ? {} : { p95Ms }),
});

test("seconds are gathered by tens, the newest first", () => {
  const buckets = bucketsOf([point(1_000, 1), point(9_000, 2), point(10_000, 4)], 10);
  expect(buckets.map(({ at, submitted, failed }) => [at, submitted, failed])).toEqual([
    [10_000, 4, 1],
    [0, 3, 2],
  ]);
});

test("a bucket tells the worst of its percentiles, and none where there is none", () => {
  const [later, earlier] = bucketsOf([point(1_000, 1, 80), point(2_000, 1, 20), point(10_000, 0)], 10);
  expect(earlier?.p95Ms).toBe(80);
  expect(later?.p95Ms).toBeUndefined();
});

test("the last known value counts, not a missing one after it", () => {
  expect(lastOf([1, 2, undefined])).toBe(2);
  expect(lastOf([])).toBeUndefined();
  expect(highest([undefined])).toBeUndefined();
});

test("a value between two that are missing stands alone, at the ends too", () => {
  expect(loneOf([1, undefined, 2, 3, undefined, undefined, 4])).toEqual([
    { index: 0, value: 1 },
    { index: 6, value: 4 },
  ]);
  expect(loneOf([1, 2])).toEqual([]);
});
