import { ValidationError } from "@streamer/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_FIELD_CHARS } from "../limits.ts";
import type { Cell } from "../rows.ts";
import { badRows, recordsOf, rowsOf } from "../testing/rows.ts";
import type { Comparison } from "../schema/condition.ts";
import type { Expression } from "../schema/expression.ts";
import type { Operation, OperationOf } from "../schema/operation.ts";
import { aggregate } from "./aggregate.ts";
import { columnsAfter } from "./columns.ts";
import { deduplicate } from "./deduplicate.ts";
import { evaluate } from "./evaluateExpression.ts";
import { meets } from "./evaluateCondition.ts";
import { sort } from "./sort.ts";
import { transform } from "./transform.ts";

const plain: OperationOf<"transform"> = { op: "transform", set: [], rename: [], remove: [] };
const cell = fc.oneof(
  fc.string(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom("1", "01", "1.0", "-2e3", " 7 "),
);

describe("a condition", () => {
  test.each<[Cell, Comparison, string | number | boolean, boolean]>([
    ["10", ">", 9, true],
    ["10", ">", "9", false],
    ["5.0", "=", 5, true],
    ["5.0", "=", "5", false],
    ["five", "=", 5, false],
    ["five", "!=", 5, true],
    ["five", "<", 5, false],
    ["", "<", 5, false],
    [null, "!=", 5, true],
    [null, "=", "", true],
    ["2024-02-01", ">=", "2024-01-31", true],
    [true, "=", true, true],
    ["true", "=", true, true],
    ["Ada", "contains", "da", true],
    ["Ada", "starts_with", "a", false],
    ["Ada", "ends_with", "a", true],
    [12, "contains", 2, true],
    [4, "<=", 4, true],
  ])("%j %s %j is %s", (value, is, than, expected) => {
    expect(meets({ column: "a", is, value: than }, new Map([["a", value]]))).toBe(expected);
  });

  test("is made of others by all, any and not", () => {
    const row = new Map<string, Cell>([
      ["a", "1"],
      ["b", ""],
    ]);
    const yes = { column: "a", is: "in", values: [1, 2] } as const;
    const no = { column: "b", is: "not_empty" } as const;
    expect([meets({ all: [yes, no] }, row), meets({ any: [no, yes] }, row), meets({ not: no }, row)]).toEqual([false, true, true]);
    expect(meets({ column: "gone", is: "empty" }, row)).toBe(true);
  });
});

describe("an expression", () => {
  const row = new Map<string, Cell>([
    ["price", "4.10"],
    ["units", 3],
    ["name", " Ada "],
    ["none", ""],
  ]);
  const column = (name: string): Expression => ({ column: name });
  test.each<[string, Expression, Cell]>([
    ["a value is itself", "x", "x"],
    ["a column is its cell", column("units"), 3],
    ["a column that is not there is nothing", column("gone"), null],
    ["sums have no dust", { fn: "add", of: [0.1, 0.2] }, 0.3],
    ["texts that say numbers are numbers", { fn: "multiply", of: [column("price"), column("units")] }, 12.3],
    ["subtract", { fn: "subtract", of: [1, 3] }, -2],
    ["divide", { fn: "divide", of: [1, 3] }, 0.333333333333333],
    ["nothing makes nothing", { fn: "add", of: [1, column("none")] }, null],
    ["round half up", { fn: "round", of: [1.005, 2] }, 1.01],
    ["round a negative half", { fn: "round", of: [-2.5, 0] }, -3],
    ["round what is very small", { fn: "round", of: [1e-7, 2] }, 0],
    ["concat", { fn: "concat", of: [column("name"), 1, null, true] }, " Ada 1true"],
    ["coalesce", { fn: "coalesce", of: [column("none"), null, 0, 1] }, 0],
    ["upper and trim", { fn: "upper", of: [{ fn: "trim", of: [column("name")] }] }, "ADA"],
    ["lower", { fn: "lower", of: ["Ü"] }, "ü"],
    ["length", { fn: "length", of: [column("name")] }, 5],
    ["number", { fn: "number", of: ["1e3"] }, 1000],
    ["number of nothing", { fn: "number", of: [null] }, null],
    ["text", { fn: "text", of: [5] }, "5"],
  ])("%s", (_, expression, expected) => {
    expect(evaluate(expression, row)).toEqual(expected);
  });

  test.each<[string, Expression]>([
    ["a text that is no number", { fn: "add", of: [1, "one"] }],
    ["a division by zero", { fn: "divide", of: [1, 0] }],
    ["a number that is too large", { fn: "multiply", of: [1e200, 1e200] }],
    ["true", { fn: "number", of: [true] }],
  ])("%s makes the row a bad one, and the next goes on", async (_, to) => {
    const { bad, report } = badRows();
    const rows = rowsOf([{ a: "1" }, { a: "2" }], 1);
    const first = { fn: "coalesce", of: [{ column: "b" }, to] } as const;
    expect(await recordsOf(transform(rows, { ...plain, set: [{ column: "b", to: first }] }, report))).toEqual([]);
    expect(bad.map(({ line, code }) => [line, code])).toEqual([
      [1, "NOT_A_NUMBER"],
      [2, "NOT_A_NUMBER"],
    ]);
  });
});

describe("transform", () => {
  test("sets one after the other, then renames, removes and chooses", async () => {
    const set = [
      { column: "b", to: { fn: "add", of: [{ column: "a" }, 1] } as const },
      { column: "c", to: { fn: "add", of: [{ column: "b" }, 1] } as const },
    ];
    const operation = { ...plain, set, rename: [{ column: "a", to: "first" }], remove: ["b"], select: ["c", "first", "gone"] };
    const rows = await recordsOf(transform(rowsOf([{ a: 1, x: "y" }]), operation, badRows().report));
    expect(rows.map(Object.entries)).toEqual([
      [
        ["c", 3],
        ["first", 1],
        ["gone", null],
      ],
    ]);
  });

  test("columns may change their names with each other", async () => {
    const rename = [
      { column: "a", to: "b" },
      { column: "b", to: "a" },
    ];
    expect(await recordsOf(transform(rowsOf([{ a: 1, b: 2 }]), { ...plain, rename }, badRows().report))).toEqual([{ b: 1, a: 2 }]);
  });

  test("a text that doubles itself ends as a bad row, not as a full memory", async () => {
    const { bad, report } = badRows();
    const twice = { column: "a", to: { fn: "concat", of: [{ column: "a" }, { column: "a" }] } as const };
    const set = Array.from({ length: 40 }, () => twice);
    expect(await recordsOf(transform(rowsOf([{ a: "x" }]), { ...plain, set }, report))).toEqual([]);
    expect(bad).toEqual([
      { line: 1, code: "FIELD_TOO_LONG", message: `column "a" has 65536 characters; a field has at most ${MAX_FIELD_CHARS}` },
    ]);
  });
});

describe("sort", () => {
  test("puts numbers before texts, and what is empty last in both directions", async () => {
    const records = ["b", "10", "", 9, "a", null, "-1"].map((a) => ({ a }));
    const sorted = async (direction: "asc" | "desc") =>
      (await recordsOf(sort(rowsOf(records), { op: "sort", by: [{ column: "a", direction }] }, "p"))).map(({ a }) => a);
    expect(await sorted("asc")).toEqual(["-1", 9, "10", "a", "b", "", null]);
    expect(await sorted("desc")).toEqual(["b", "a", "10", 9, "-1", "", null]);
  });

  test("looks at the second column where the first is alike, and leaves what is alike in all as it came", async () => {
    const records = [
      { a: 2, b: "x", n: 1 },
      { a: 1, b: "y", n: 2 },
      { a: "1.0", b: "z", n: 3 },
      { a: 1, b: "z", n: 4 },
    ];
    const by = [
      { column: "a", direction: "asc" as const },
      { column: "b", direction: "desc" as const },
    ];
    expect((await recordsOf(sort(rowsOf(records), { op: "sort", by }, "p"))).map(({ n }) => n)).toEqual([3, 4, 2, 1]);
  });

  test("gives an order whatever the values are: sorting what is sorted changes nothing", async () => {
    const by = [{ column: "a", direction: "asc" as const }];
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          cell.map((a) => ({ a })),
          { maxLength: 30 },
        ),
        async (records) => {
          const once = await recordsOf(sort(rowsOf(records), { op: "sort", by }, "p"));
          expect(await recordsOf(sort(rowsOf(once), { op: "sort", by }, "p"))).toEqual(once);
          const backward = await recordsOf(sort(rowsOf(once.toReversed()), { op: "sort", by }, "p"));
          expect(backward.map(({ a }) => String(a ?? "")).toSorted()).toEqual(once.map(({ a }) => String(a ?? "")).toSorted());
        },
      ),
    );
  });
});

describe("deduplicate", () => {
  test("keeps the first of those that are alike in the columns named", async () => {
    const records = [
      { a: "1", b: "x" },
      { a: "2", b: "x" },
      { a: "1", b: "y" },
    ];
    expect(await recordsOf(deduplicate(rowsOf(records), { op: "deduplicate", by: ["a"] }, "p"))).toEqual(records.slice(0, 2));
  });

  test("looks at all columns, in whatever order they are, unless told otherwise; a number is no text", async () => {
    const records: Record<string, Cell>[] = [{ a: 1, b: 2 }, { b: 2, a: 1 }, { a: "1", b: 2 }, { a: 1 }];
    expect(await recordsOf(deduplicate(rowsOf(records), { op: "deduplicate", by: undefined }, "p"))).toEqual([
      { a: 1, b: 2 },
      { a: "1", b: 2 },
      { a: 1 },
    ]);
  });

  test("two rows are taken for one only when they are", async () => {
    const records = fc.array(fc.record({ a: cell, b: fc.oneof(cell, fc.string({ minLength: 60, maxLength: 90 })) }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(records, async (values) => {
        const kept = await recordsOf(deduplicate(rowsOf(values), { op: "deduplicate", by: ["a", "b"] }, "p"));
        expect(kept).toHaveLength(new Set(values.map(({ a, b }) => JSON.stringify([a, b]))).size);
      }),
    );
  });
});

describe("aggregate", () => {
  const of = (column: string, ...fns: ("sum" | "avg" | "min" | "max")[]) => fns.map((fn) => ({ fn, column, as: fn }));

  test("makes one row of each group, in the order in which they came, and passes over what is empty", async () => {
    const records: Record<string, Cell>[] = [
      { g: "b", n: "1.10" },
      { g: "a", n: 5 },
      { g: "b", n: "" },
      { g: "b", n: "2.20" },
    ];
    const compute = [{ fn: "count", as: "rows" } as const, ...of("n", "sum", "avg", "min", "max")];
    expect(await recordsOf(aggregate(rowsOf(records), { op: "aggregate", group_by: ["g"], compute }, "p", badRows().report))).toEqual([
      { g: "b", rows: 3, sum: 3.3, avg: 1.65, min: "1.10", max: "2.20" },
      { g: "a", rows: 1, sum: 5, avg: 5, min: 5, max: 5 },
    ]);
  });

  test("without a grouping all rows are one group, and of no numbers at all the sum is 0 and the rest nothing", async () => {
    const operation = { op: "aggregate" as const, group_by: [], compute: of("n", "sum", "avg", "min", "max") };
    expect(await recordsOf(aggregate(rowsOf([{ n: null }, { n: "" }]), operation, "p", badRows().report))).toEqual([
      { sum: 0, avg: null, min: null, max: null },
    ]);
  });

  test("a row whose cell is no number is bad, and nothing of it is counted", async () => {
    const { bad, report } = badRows();
    const compute = [{ fn: "count", as: "rows" } as const, ...of("n", "sum")];
    const rows = rowsOf([{ n: 1 }, { n: "many" }, { n: 2 }]);
    expect(await recordsOf(aggregate(rows, { op: "aggregate", group_by: [], compute }, "p", report))).toEqual([{ rows: 2, sum: 3 }]);
    expect(bad).toEqual([{ line: 2, code: "NOT_A_NUMBER", message: 'column "n" holds no number, and is added up' }]);
  });

  test("a sum too large for a number makes its group a bad row, of the line where it began", async () => {
    const { bad, report } = badRows();
    const rows = rowsOf([{ n: 1.7e308 }, { n: 1.7e308 }]);
    expect(await recordsOf(aggregate(rows, { op: "aggregate", group_by: [], compute: of("n", "sum") }, "p", report))).toEqual([]);
    expect(bad).toMatchObject([{ line: 1, code: "NOT_A_NUMBER" }]);
  });

  test("cents add up exactly, however many", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { maxLength: 300 }), async (cents) => {
        const rows = rowsOf(
          cents.map((value) => ({ n: (value / 100).toFixed(2) })),
          100,
        );
        const [row] = await recordsOf(aggregate(rows, { op: "aggregate", group_by: [], compute: of("n", "sum") }, "p", badRows().report));
        expect(row?.["sum"] ?? 0).toBe(cents.reduce((sum, value) => sum + value, 0) / 100);
      }),
    );
  });
});

describe("what is held is bounded", () => {
  const records = [1, 2, 3].map((a) => ({ a }));
  const issue = { path: "operations.1" };
  const runs: Record<"sort" | "deduplicate" | "aggregate", (limit: number) => Promise<unknown>> = {
    sort: (limit) => recordsOf(sort(rowsOf(records), { op: "sort", by: [{ column: "a", direction: "asc" }] }, issue.path, limit)),
    deduplicate: (limit) => recordsOf(deduplicate(rowsOf(records), { op: "deduplicate", by: ["a"] }, issue.path, limit)),
    aggregate: (limit) => {
      const operation: OperationOf<"aggregate"> = { op: "aggregate", group_by: ["a"], compute: [{ fn: "count", as: "n" }] };
      return recordsOf(aggregate(rowsOf(records), operation, issue.path, badRows().report, limit));
    },
  };

  test.each(Object.entries(runs))("%s takes as many as its limit, and one more ends the work by name", async (_, run) => {
    await expect(run(3)).resolves.toHaveLength(3);
    const error: unknown = await run(2).catch((refused: unknown) => refused);
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject({ details: { issues: [issue] } });
  });
});

describe("the columns after operations", () => {
  test("are known before any row", () => {
    expect(
      columnsAfter(
        ["a", "b"],
        [
          { ...plain, set: [{ column: "c", to: { column: "a" } }], rename: [{ column: "a", to: "first" }], remove: ["b"] },
          { op: "sort", by: [{ column: "first", direction: "asc" }] },
        ],
      ),
    ).toEqual(["first", "c"]);
    expect(columnsAfter(["a", "b"], [{ op: "aggregate", group_by: ["b"], compute: [{ fn: "count", as: "n" }] }])).toEqual(["b", "n"]);
  });

  test.each<[string, Operation]>([
    ["a filter", { op: "filter", where: { any: [{ not: { column: "x", is: "empty" } }] } }],
    ["an expression", { ...plain, set: [{ column: "c", to: { fn: "upper", of: [{ column: "x" }] } }] }],
    ["a renaming", { ...plain, rename: [{ column: "x", to: "y" }] }],
    ["a removal", { ...plain, remove: ["x"] }],
    ["a choice", { ...plain, select: ["x"] }],
    ["a choice of what is removed", { ...plain, remove: ["a"], select: ["a"] }],
    ["a renaming to what is there", { ...plain, rename: [{ column: "a", to: "b" }] }],
    ["a grouping", { op: "aggregate", group_by: ["x"], compute: [{ fn: "count", as: "n" }] }],
    ["a sum", { op: "aggregate", group_by: [], compute: [{ fn: "sum", column: "x", as: "n" }] }],
    ["a comparison", { op: "deduplicate", by: ["x"] }],
  ])("%s that names a column that is not there is refused by its number", (_, operation) => {
    const refused = expect.objectContaining({
      name: "ValidationError",
      details: { issues: [expect.objectContaining({ path: "operations.1" })] },
    });
    expect(() => columnsAfter(["a", "b"], [{ op: "deduplicate", by: undefined }, operation])).toThrow(refused as Error);
  });
});
