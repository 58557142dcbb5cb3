import { describe, expect, test } from "vitest";
import { sampleRow } from "../testing/samples.ts";
import { isFiltering, keepFilter, keptFilter, matchesFilter, NO_FILTER } from "./filter.ts";

const ROW = sampleRow({ requestId: "0199-ABC", userId: "Ada", action: "echo", status: "failed" });

describe("a filter", () => {
  test.each([
    ["nothing", {}, true],
    ["its status", { status: "failed" }, true],
    ["another status", { status: "completed" }, false],
    ["its action", { action: "echo" }, true],
    ["a part of its action", { action: "ech" }, false],
    ["a part of its user, in another case", { user: "ad" }, true],
    ["another user", { user: "grace" }, false],
    ["a part of its id, in another case", { text: "99-a" }, true],
    ["another id", { text: "77" }, false],
    ["its action and another user", { action: "echo", user: "grace" }, false],
  ])("by %s: %j", (_, filter, expected) => {
    expect(matchesFilter(ROW, { ...NO_FILTER, ...filter })).toBe(expected);
  });

  test("of empty texts filters nothing", () => {
    expect(isFiltering(NO_FILTER)).toBe(false);
    expect(isFiltering({ ...NO_FILTER, user: "a" })).toBe(true);
  });
});

describe("the kept filter", () => {
  const storageWith = (kept: string | null): Pick<Storage, "getItem"> => ({ getItem: () => kept });

  test("comes back as it was", () => {
    const items = new Map<string, string>();
    const filter = { status: "failed", action: "echo", user: "ada", text: "01" };
    keepFilter(filter, { setItem: (key, value) => void items.set(key, value) });
    expect(keptFilter({ getItem: (key) => items.get(key) ?? null })).toEqual(filter);
  });

  test.each([null, "", "{", "null", "[]", '{"status":"lost","action":7}'])("is none when %j was kept", (kept) => {
    expect(keptFilter(storageWith(kept))).toEqual(NO_FILTER);
  });
});
