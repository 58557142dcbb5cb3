import { parse, ValidationError } from "@streamer/protocol";
import type { ValidationIssue } from "@streamer/protocol";
import { expect, test } from "vitest";
import { MAX_OPERATIONS, MAX_PART_NESTING, MAX_PARTS, MAX_SORT_KEYS } from "../limits.ts";
import { processData } from "../action.ts";

async function issuesOf(operations: unknown): Promise<readonly ValidationIssue[]> {
  const error: unknown = await parse(processData.input, { format: "csv", data: "a\n", operations }).catch((refused: unknown) => refused);
  if (!(error instanceof ValidationError)) return [];
  return error.details?.["issues"] as ValidationIssue[];
}

const nested = (depth: number): unknown => (depth === 1 ? { column: "a", is: "empty" } : { not: nested(depth - 1) });
const long = (count: number): unknown => ({ all: Array.from({ length: count - 1 }, () => ({ column: "a", is: "empty" })) });
const filter = (where: unknown) => [{ op: "filter", where }];
const set = (to: unknown) => [{ op: "transform", set: [{ column: "b", to }] }];

test("conditions may be nested and many up to their limits", async () => {
  expect(await issuesOf(filter(nested(MAX_PART_NESTING)))).toEqual([]);
  expect(await issuesOf(filter(long(MAX_PARTS)))).toEqual([]);
});

test.each([
  ["nested too deeply", nested(MAX_PART_NESTING + 1)],
  ["nested so deeply that no schema could follow", nested(5_000)],
  ["too many", long(MAX_PARTS + 1)],
])("conditions that are %s are refused", async (_, where) => {
  expect(await issuesOf(filter(where))).toEqual([
    { path: "operations.0.where", message: `must have at most ${MAX_PARTS} parts, and at most ${MAX_PART_NESTING} in each other` },
  ]);
});

test.each([
  ["of an unknown comparison", { column: "a", is: "like", value: "x" }],
  ["with no value", { column: "a", is: "=" }],
  ["with a value that is a list", { column: "a", is: "=", value: [1] }],
  ["with more than belongs to it", { column: "a", is: "empty", value: 1 }],
  ["of no column", { column: "", is: "empty" }],
  ["of an empty list", { all: [] }],
  ["that is code", "a > 1"],
])("a condition %s is refused", async (_, where) => {
  expect(await issuesOf(filter(where))).toMatchObject([{ path: expect.stringMatching(/^operations\.0\.where/) }]);
});

test.each([
  ["of an unknown function", { fn: "eval", of: ["1"] }],
  ["named like what every object has", { fn: "constructor", of: ["1"] }],
  ["with too few arguments", { fn: "divide", of: [1] }],
  ["with too many arguments", { fn: "upper", of: ["a", "b"] }],
  ["that rounds to a column's decimals", { fn: "round", of: [1, { column: "a" }] }],
  ["that rounds to half a decimal", { fn: "round", of: [1, 0.5] }],
])("an expression %s is refused", async (_, to) => {
  expect(await issuesOf(set(to))).toMatchObject([{ path: "operations.0.set.0.to" }]);
});

test("as many operations as there may be are taken, and one more is refused", async () => {
  const sort = { op: "sort", by: [{ column: "a" }] };
  expect(await issuesOf(Array.from({ length: MAX_OPERATIONS }, () => sort))).toEqual([]);
  expect(await issuesOf(Array.from({ length: MAX_OPERATIONS + 1 }, () => sort))).toEqual([
    { path: "operations", message: `must be at most ${MAX_OPERATIONS} operations` },
  ]);
});

test.each([
  ["sorts by nothing", { op: "sort", by: [] }, "operations.0.by"],
  ["sorts by too many columns", { op: "sort", by: Array.from({ length: MAX_SORT_KEYS + 1 }, () => ({ column: "a" })) }, "operations.0.by"],
  ["sorts sideways", { op: "sort", by: [{ column: "a", direction: "up" }] }, "operations.0.by.0.direction"],
  ["computes nothing", { op: "aggregate", compute: [] }, "operations.0.compute"],
  [
    "computes two results of one name",
    {
      op: "aggregate",
      compute: [
        { fn: "count", as: "n" },
        { fn: "count", as: "n" },
      ],
    },
    "operations.0.compute",
  ],
  ["adds up no column", { op: "aggregate", compute: [{ fn: "sum", as: "n" }] }, "operations.0.compute.0.column"],
  ["groups twice by one column", { op: "aggregate", group_by: ["a", "a"], compute: [{ fn: "count", as: "n" }] }, "operations.0.group_by"],
  ["compares no columns", { op: "deduplicate", by: [] }, "operations.0.by"],
  ["has a word of its own", { op: "deduplicate", keep: "last" }, "operations.0.keep"],
])("an operation that %s is refused", async (_, operation, path) => {
  expect(await issuesOf([operation])).toMatchObject([{ path }]);
});
