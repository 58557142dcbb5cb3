import { describe, expect, test } from "vitest";
import { HOPS } from "../../../contract.ts";
import { layoutOf, MIN_LOOP_WIDTH, pathTo } from "./layout.ts";
import type { Box } from "./layout.ts";

const WIDTHS = [1_216, MIN_LOOP_WIDTH, MIN_LOOP_WIDTH - 1, 290];

function overlap(one: Box, other: Box): boolean {
  const apart =
    one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y;
  return !apart;
}

describe.each(WIDTHS)("on %i pixels", (width) => {
  const layout = layoutOf(width);
  const boxes = Object.values(layout.boxes);

  test("the client and all ten hops have a place of their own", () => {
    expect(boxes).toHaveLength(HOPS.length + 1);
    const pairs = boxes.flatMap((one, index) => boxes.slice(index + 1).map((other) => overlap(one, other)));
    expect(pairs).not.toContain(true);
  });

  test("nothing stands outside the picture", () => {
    for (const { x, y, width: boxWidth, height } of boxes) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(x + boxWidth).toBeLessThanOrEqual(width + 0.001);
      expect(y + height).toBeLessThanOrEqual(layout.height);
    }
  });

  test("the way leads from the client through every hop and back, and a short one from the router to the posts", () => {
    const main = layout.edges.filter(({ kind }) => kind === "main");
    expect(main.map(({ from }) => from)).toEqual(["client", ...HOPS]);
    expect(main.map(({ to }) => to)).toEqual([...HOPS, "client"]);
    expect(layout.edges.filter(({ kind }) => kind === "answer").map(({ from, to }) => [from, to])).toEqual([["router", "post"]]);
  });

  test("every way can be drawn", () => {
    for (const { path } of layout.edges) expect(path).toMatch(/^M[\d.]+ [\d.]+[A-Za-z\d. -]+$/);
  });
});

test("a wide picture is a loop, and the first hop stands above the last", () => {
  const { vertical, boxes } = layoutOf(1_216);
  expect(vertical).toBe(false);
  expect(boxes.end.x).toBe(boxes.gateway.x);
  expect(boxes.end.y).toBeGreaterThan(boxes.gateway.y);
});

test("a narrow picture is a list in the order of the way", () => {
  const { vertical, boxes } = layoutOf(290);
  expect(vertical).toBe(true);
  const tops = [boxes.client, ...HOPS.map((hop) => boxes[hop])].map(({ y }) => y);
  expect(tops).toEqual(tops.toSorted((one, other) => one - other));
});

test("a post of a synchronous action takes the short way", () => {
  const layout = layoutOf(1_216);
  const answer = layout.edges.find(({ kind }) => kind === "answer")?.path;
  expect(pathTo(layout, "post", true)).toBe(answer);
  expect(pathTo(layout, "post", false)).not.toBe(answer);
});

test("an end goes on to the client", () => {
  const layout = layoutOf(1_216);
  const toClient = layout.edges.find(({ to }) => to === "client")?.path ?? "";
  expect(pathTo(layout, "end", false)?.endsWith(toClient.slice(1))).toBe(true);
  expect(pathTo(layout, "end", false)?.match(/M/g)).toHaveLength(1);
});
