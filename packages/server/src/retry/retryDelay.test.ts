import { describe, expect, test } from "vitest";
import { retryDelayMs } from "./retryDelay.ts";

const HOUR_MS = 3_600_000;
const policy = { attempts: 10, minDelayMs: 1_000, maxDelayMs: 60_000, factor: 2 };
/** In the middle of the jitter: none. */
const middle = () => 0.5;

test("the delay begins with the shortest and grows by the factor to the longest", () => {
  expect([1, 2, 3, 6, 7, 20].map((attempt) => retryDelayMs(policy, attempt, middle))).toEqual([
    1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
  ]);
  expect([1, 2, 3].map((attempt) => retryDelayMs({ ...policy, factor: 1 }, attempt, middle))).toEqual([1_000, 1_000, 1_000]);
  expect(retryDelayMs({ ...policy, factor: 3 }, 3, middle)).toBe(9_000);
});

test("the jitter takes or adds up to a quarter, at the longest delay too", () => {
  expect([0, 0.25, 0.75, 0.999_999].map((n) => retryDelayMs(policy, 1, () => n))).toEqual([750, 875, 1_125, 1_250]);
  expect([0, 0.999_999].map((n) => retryDelayMs(policy, 20, () => n))).toEqual([45_000, 75_000]);
});

test("no attempt that counts yet waits as the first does", () => {
  expect(retryDelayMs(policy, 0, middle)).toBe(1_000);
});

describe("at its edges", () => {
  test("the delay is never over the 12 hours that SQS can wait", () => {
    const longest = { ...policy, minDelayMs: 12 * HOUR_MS, maxDelayMs: 12 * HOUR_MS };
    expect(retryDelayMs(longest, 1, () => 0.999_999)).toBe(12 * HOUR_MS);
  });

  test("a growth beyond all numbers ends at the longest delay, or at none where there is none", () => {
    expect(retryDelayMs({ ...policy, factor: 1e300 }, 20, middle)).toBe(60_000);
    expect(retryDelayMs({ ...policy, minDelayMs: 0, factor: 1e300 }, 20, middle)).toBe(0);
  });
});
