import { describe, expect, it } from "vitest";
import { slopeOf, spreadOf } from "./statistics.ts";

describe("a spread", () => {
  it("of 1 to 100, in any order, is the values that so many do not exceed", () => {
    const values = Array.from({ length: 100 }, (_, index) => ((index * 37) % 100) + 1);
    expect(spreadOf(values)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 });
  });

  it("of one value is that value", () => {
    expect(spreadOf([7])).toEqual({ p50: 7, p95: 7, p99: 7, max: 7 });
  });

  it("sorts by number, not by text", () => {
    expect(spreadOf([9, 10, 100]).max).toBe(100);
  });

  it("of nothing is zeros", () => {
    expect(spreadOf([])).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 });
  });
});

describe("a slope by least squares", () => {
  it("of a line is its own, wherever it begins", () => {
    expect(slopeOf([0, 1, 2, 3].map((x) => ({ x, y: 500 + 12 * x })))).toBeCloseTo(12, 9);
  });

  it("of what goes up and down about a level is next to none", () => {
    expect(slopeOf([10, 12, 10, 12, 10].map((y, x) => ({ x, y })))).toBe(0);
  });

  it("of points by hand: (0,1) (1,3) (2,2) is a half", () => {
    expect(
      slopeOf([
        { x: 0, y: 1 },
        { x: 1, y: 3 },
        { x: 2, y: 2 },
      ]),
    ).toBeCloseTo(0.5, 9);
  });

  it.each([
    [[]],
    [[{ x: 1, y: 5 }]],
    [
      [
        { x: 1, y: 5 },
        { x: 1, y: 9 },
      ],
    ],
  ])("of fewer than two different times is none", (points) => {
    expect(slopeOf(points)).toBe(0);
  });
});
