import { expect, test } from "vitest";
import { LAST_STOP, rateAt, shareText, stopOf } from "./rateStops.ts";

test("every stop of a slider is found again by its rate", () => {
  const stops = Array.from({ length: LAST_STOP + 1 }, (_, stop) => stop);
  expect(stops.map((stop) => stopOf(rateAt(stop)))).toEqual(stops);
});

test("a slider reaches from never to always", () => {
  expect([shareText(rateAt(0)), shareText(rateAt(1)), shareText(rateAt(LAST_STOP))]).toEqual(["never", "0.5 %", "always"]);
});

test("a rate between two stops is at the nearer one", () => {
  expect(rateAt(stopOf(0.32))).toBe(0.3);
});
