import { describe, expect, test } from "vitest";
import { isNestedDeeper, withoutInner } from "./jsonNesting.ts";

const nested = (depth: number, open = "[", close = "]"): string => open.repeat(depth) + close.repeat(depth);

describe("how deep a text is nested", () => {
  test.each([
    ["arrays", nested(3), 3],
    ["objects", '{"a":{"b":{}}}', 3],
    ["both", '{"a":[{"b":[]}]}', 4],
    ["brackets in a string", `{"a":"${nested(50)}"}`, 1],
    ["brackets after an escaped quote", String.raw`{"a":"\"[[[["}`, 1],
    ["a string that ends in a backslash", String.raw`{"a":"\\","b":[[]]}`, 3],
    ["neighbours", "[[],[],[[]],[]]", 3],
  ])("%s: as many levels as it has, and no more", (_, text, depth) => {
    expect(isNestedDeeper(text, depth)).toBe(false);
    expect(isNestedDeeper(text, depth - 1)).toBe(true);
  });

  test("a number has none", () => {
    expect(isNestedDeeper("7", 0)).toBe(false);
  });

  test("a text that never closes is judged by what it opens", () => {
    expect(isNestedDeeper("[".repeat(65), 64)).toBe(true);
    expect(isNestedDeeper("[".repeat(64), 64)).toBe(false);
  });
});

describe("an object without what is in it", () => {
  test.each([
    ['{"id":"r1","payload":{"a":[1,{"b":2}]},"type":"request"}', '{"id":"r1","payload":null,"type":"request"}'],
    ['{"a":[1],"b":[2],"c":"[{"}', '{"a":null,"b":null,"c":"[{"}'],
    ['{"a":1}', '{"a":1}'],
    ["7", "7"],
  ])("%s becomes %s", (text, outer) => {
    expect(withoutInner(text)).toBe(outer);
  });
});
