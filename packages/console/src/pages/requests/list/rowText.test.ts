import { expect, test } from "vitest";
import { movedTo } from "./arrowKeys.ts";
import { percentageOf, tookMs } from "./rowText.ts";

test.each([
  ["completed", 40, 100],
  ["completed", undefined, 100],
  ["processing", 40, 40],
  ["failed", 40, 40],
  ["pending", undefined, 0],
] as const)("a %s request at %s per cent is shown at %d", (status, percentage, expected) => {
  expect(percentageOf({ status, ...(percentage === undefined ? {} : { percentage }) })).toBe(expected);
});

test("a request takes until it ends, an open one until now, and never less than nothing", () => {
  expect(tookMs({ status: "completed", createdAt: 100, endedAt: 150 }, 900)).toBe(50);
  expect(tookMs({ status: "processing", createdAt: 100 }, 900)).toBe(800);
  // One that was redriven has the end of before.
  expect(tookMs({ status: "pending", createdAt: 100, endedAt: 150 }, 900)).toBe(800);
  expect(tookMs({ status: "pending", createdAt: 1_000 }, 900)).toBe(0);
});

test.each([
  ["ArrowDown", 1, 2],
  ["ArrowDown", 2, 2],
  ["ArrowUp", 1, 0],
  ["ArrowUp", 0, 0],
  ["Home", 2, 0],
  ["End", 0, 2],
  ["Enter", 1, undefined],
])("%s in row %d of three leads to %s", (key, current, expected) => {
  expect(movedTo(key, current, 3)).toBe(expected);
});
