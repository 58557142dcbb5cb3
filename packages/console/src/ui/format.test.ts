import { expect, test } from "vitest";
import { agoText, durationText, pluralText, sentence, shortId, titleOf } from "./format.ts";

test.each([
  [0, "0 ms"],
  [-5, "0 ms"],
  [1.25, "1.3 ms"],
  [999, "999 ms"],
  [1_000, "1.0 s"],
  [59_999, "59.9 s"],
  [60_000, "1 min 0 s"],
  [3_599_999, "59 min 59 s"],
  [7_260_000, "2 h 1 min"],
  [90_000_000, "1 d 1 h"],
])("%d ms is %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test.each([
  [0, "now"],
  [5_000, "5 s ago"],
  [-5_000, "in 5 s"],
  [3 * 60_000, "3 min ago"],
  [26 * 3_600_000, "1 d ago"],
])("%d ms before now is %s", (ms, text) => {
  expect(agoText(1_000_000_000 - ms, 1_000_000_000)).toBe(text);
});

test("names become titles, texts sentences, ids short", () => {
  expect([titleOf("generate_report"), titleOf("startDate"), titleOf("op")]).toEqual(["Generate report", "Start date", "Op"]);
  expect([sentence("must not be empty"), sentence("Why? "), sentence("Soon…")]).toEqual(["Must not be empty.", "Why?", "Soon…"]);
  expect([shortId("0123456789abcdef"), shortId("r1")]).toEqual(["01234567…", "r1"]);
  expect([pluralText(1, "entry", "entries"), pluralText(1_200, "entry", "entries")]).toEqual(["1 entry", "1,200 entries"]);
});
