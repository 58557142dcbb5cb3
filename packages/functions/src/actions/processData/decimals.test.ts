import * as fc from "fast-check";
import { expect, test } from "vitest";
import { addNumbers, createDecimalSum, multiplyNumbers } from "./decimals.ts";

const cents = fc.integer({ min: -1e9, max: 1e9 });

test("amounts of money add and multiply as on paper", () => {
  fc.assert(
    fc.property(cents, cents, (a, b) => {
      expect(addNumbers(a / 100, b / 100)).toBe((a + b) / 100);
      expect(multiplyNumbers(a / 100, b)).toBe(Number(`${BigInt(a) * BigInt(b)}e-2`));
    }),
  );
  expect([addNumbers(0.1, 0.2), multiplyNumbers(4.1, 3)]).toEqual([0.3, 12.3]);
});

test("what is very large or very small keeps its place, and beyond all doubles is infinity", () => {
  expect(addNumbers(1e300, 1)).toBe(1e300);
  expect(addNumbers(5e-324, 0)).toBe(5e-324);
  expect(multiplyNumbers(1e-200, 1e-200)).toBe(0);
  expect(multiplyNumbers(-1e200, 1e200)).toBe(Number.NEGATIVE_INFINITY);
});

test("a sum loses nothing on the way, in whatever order", () => {
  const sum = createDecimalSum();
  for (const number of [1e20, 0.01, -1e20, 0.02]) sum.add(number);
  expect([sum.value(), sum.count]).toEqual([0.03, 4]);
});
