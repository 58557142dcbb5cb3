import { expect, test } from "vitest";
import { inChunks } from "./chunks.ts";

test("a list that is too long is cut into pieces, the last one shorter, with nothing left out", () => {
  expect(inChunks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
});

test("a list that fits is one piece, and an empty one none", () => {
  expect(inChunks([1, 2], 2)).toEqual([[1, 2]]);
  expect(inChunks([], 2)).toEqual([]);
});
