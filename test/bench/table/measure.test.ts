import { expect, it } from "vitest";
import { percentile } from "./measure.ts";

it("a percentile is the value that so many of a hundred do not exceed", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  expect(percentile(hundred, 50)).toBe(50);
  expect(percentile(hundred, 99)).toBe(99);
  expect(percentile([7], 99)).toBe(7);
  expect(percentile([1, 2, 3], 99)).toBe(3);
});
