import { expect, test } from "vitest";
import { rateText } from "./rateText.ts";

test("a rate is told by the second, by the minute when it is seldom, and as idle when there is none", () => {
  expect([1234.4, 12.6, 1.52, 0.1, 0.001, 0].map(rateText)).toEqual(["1,234 / s", "13 / s", "1.5 / s", "6 / min", "1 / min", "idle"]);
});
