import { expect, test } from "vitest";
import { barLengths, movingAverage, ringChart, trendChart } from "./chart.ts";
import type { Group } from "./summary.ts";

const group = (name: string, revenueCents: number): Group => ({ name, records: 1, units: 1, revenueCents, share: 0 });
const options = {
  width: 100,
  height: 50,
  value: (day: Group) => day.revenueCents,
  valueLabel: (value: number) => `${value}`,
  nameLabel: (name: string) => name,
};

test("the curve begins left, ends right, and stands on a scale from zero", () => {
  const chart = trendChart([group("a", 0), group("b", 10), group("c", 5)], options);
  expect(chart.line).toMatch(/^M0,50C/);
  expect(chart.line).toMatch(/,100,25$/);
  expect(chart.yTicks[0]).toEqual({ position: 50, label: "0" });
  expect(chart.yTicks.at(-1)).toEqual({ position: 0, label: "10" });
  expect(chart.xTicks).toEqual([
    { position: 0, label: "a" },
    { position: 50, label: "b" },
    { position: 100, label: "c" },
  ]);
  expect(chart.average).toBeUndefined();
});

test("a year has at most eight labels and a curve of means", () => {
  const chart = trendChart(
    Array.from({ length: 366 }, (_, index) => group(`${index}`, index % 7)),
    options,
  );
  expect(chart.xTicks.length).toBeLessThanOrEqual(8);
  expect(chart.average).toMatch(/^M0,/);
});

test("days without any revenue make a level line at the bottom", () => {
  expect(trendChart([group("a", 0), group("b", 0)], options).line).toMatch(/^M0,50.*100,50$/);
});

test("a mean of seven days takes fewer at the ends", () => {
  expect(movingAverage([7, 0, 0, 0, 0, 0, 0, 7])).toEqual([7 / 4, 7 / 5, 7 / 6, 1, 1, 7 / 6, 7 / 5, 7 / 4]);
});

test("the ring has a path for each group with revenue, in the groups' order", () => {
  const paths = ringChart([group("a", 1), group("none", 0), group("b", 3)], 10);
  expect(paths.map((path) => path !== "")).toEqual([true, false, true]);
});

test("the largest bar takes the whole width and the others their share", () => {
  expect(barLengths([group("a", 50), group("b", 100), group("c", 0)], 200)).toEqual([100, 200, 0]);
});
