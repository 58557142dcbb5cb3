import { expect, test } from "vitest";
import { RECONNECT_BACKOFF, backoffMs } from "./backoff.ts";

test("a delay lies anywhere between 0 and its bound", () => {
  expect([0, 0.5, 1].map((drawn) => backoffMs(RECONNECT_BACKOFF, 3, () => drawn))).toEqual([0, 400, 800]);
});

test("the bound stays at its cap after thousands of failures", () => {
  expect(backoffMs(RECONNECT_BACKOFF, 100_000, () => 1)).toBe(30_000);
});
