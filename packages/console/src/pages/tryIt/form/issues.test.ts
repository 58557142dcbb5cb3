import { expect, test } from "vitest";
import { issuesIn, placeIssues } from "./issues.ts";
import { OPERATIONS } from "./testing/schemas.ts";

const place = (path: string, value: unknown) => [...placeIssues([{ path, message: "is wrong" }], value, OPERATIONS)];

test.each<[string, unknown, string, string]>([
  ["format", {}, "format", "is wrong"],
  ["operations", {}, "operations", "is wrong"],
  ["operations.0.by.0", { operations: [{ op: "sort", by: ["a"] }] }, "operations.0.by.0", "is wrong"],
  // Edited as JSON, or not asked for: the field around it says where.
  ["operations.0.where.column", { operations: [{ op: "filter", where: {} }] }, "operations.0.where", "column: is wrong"],
  ["operations.0.op", { operations: [{ op: "sort", by: [] }] }, "operations.0", "op: is wrong"],
  ["operations.3.by", { operations: [] }, "operations", "3.by: is wrong"],
  ["operations.40", { operations: Array.from({ length: 41 }, () => ({ op: "sort", by: [] })) }, "operations", "40: is wrong"],
  ["nowhere.at.all", {}, "", "nowhere.at.all: is wrong"],
  ["", {}, "", "is wrong"],
])("an issue at %j of %j stands at %j and says %j", (path, value, field, text) => {
  expect(place(path, value)).toEqual([[field, [text]]]);
});

test("a field with several issues shows them all", () => {
  const issues = ["is short", "is ugly"].map((message) => ({ path: "format", message }));
  expect(placeIssues(issues, {}, OPERATIONS).get("format")).toEqual(["is short", "is ugly"]);
});

test("issues are read from an error's details, and what says nothing is left out", () => {
  expect(issuesIn({ issues: [{ path: "a", message: "b" }, { message: "c" }, { path: "d" }, null] })).toEqual([
    { path: "a", message: "b" },
    { path: "", message: "c" },
  ]);
  expect([issuesIn(undefined), issuesIn({ issues: "none" })]).toEqual([[], []]);
});
