import * as v from "valibot";
import { MAX_COLUMNS, MAX_COMPUTED, MAX_PARTS, MAX_PART_NESTING, MAX_SORT_KEYS } from "../limits.ts";
import { columnName, columnNames } from "./columnName.ts";
import { condition } from "./condition.ts";
import { expression } from "./expression.ts";
import { partsOf } from "./parts.ts";

/** A schema that calls itself, and before it what judges how deep that may go: what is nested too deeply never reaches it. */
function bounded<Value>(schema: v.GenericSchema<Value>) {
  return v.pipe(
    v.custom<Value>(() => true),
    v.check((value) => {
      const { count, nesting } = partsOf(value);
      return count <= MAX_PARTS && nesting <= MAX_PART_NESTING;
    }, `must have at most ${MAX_PARTS} parts, and at most ${MAX_PART_NESTING} in each other`),
    schema,
  );
}

/** Lets pass the rows that meet a condition. */
const filter = v.strictObject({ op: v.literal("filter"), where: bounded(condition) });

/** Computes, renames, removes and chooses columns, in this order. */
const transform = v.strictObject({
  op: v.literal("transform"),
  /** One after the other: a later one may use what an earlier one has set. */
  set: v.optional(
    v.pipe(
      v.array(v.strictObject({ column: columnName, to: bounded(expression) }), "must be a list of { column, to }"),
      v.maxLength(MAX_COLUMNS),
    ),
    [],
  ),
  rename: v.optional(v.pipe(v.array(v.strictObject({ column: columnName, to: columnName })), v.maxLength(MAX_COLUMNS)), []),
  remove: v.optional(columnNames, []),
  /** These and no others, in this order. Default: all that there are. */
  select: v.optional(v.pipe(columnNames, v.minLength(1, "must name at least one column"))),
});

/** Makes one row of each group. Empty cells are passed over; a row whose cell is no number where one is added up is a bad row. */
const aggregate = v.strictObject({
  op: v.literal("aggregate"),
  /** Groups are the different values of these columns together. Default: none, and all rows are one group. */
  group_by: v.optional(columnNames, []),
  compute: v.pipe(
    v.array(
      v.variant(
        "fn",
        [
          v.strictObject({ fn: v.literal("count"), as: columnName }),
          v.strictObject({ fn: v.picklist(["sum", "avg", "min", "max"]), column: columnName, as: columnName }),
        ],
        'must be { fn: "count", as } or { fn: "sum", "avg", "min" or "max", column, as }',
      ),
    ),
    v.minLength(1, "must compute something"),
    v.maxLength(MAX_COMPUTED),
    v.check((computes) => new Set(computes.map(({ as }) => as)).size === computes.length, "must give each result a name of its own"),
  ),
});

/** Puts the rows in order: numbers before texts before empty cells, whatever the direction; rows that are alike stay as they came. */
const sort = v.strictObject({
  op: v.literal("sort"),
  by: v.pipe(
    v.array(v.strictObject({ column: columnName, direction: v.optional(v.picklist(["asc", "desc"], 'must be "asc" or "desc"'), "asc") })),
    v.minLength(1, "must name a column"),
    v.maxLength(MAX_SORT_KEYS),
  ),
});

/** Lets pass the first of the rows that are alike. */
const deduplicate = v.strictObject({
  op: v.literal("deduplicate"),
  /** Rows are alike when these are. Default: all columns. */
  by: v.optional(v.pipe(columnNames, v.minLength(1, "must name at least one column"))),
});

export const operation = v.variant(
  "op",
  [filter, transform, aggregate, sort, deduplicate],
  'must be an operation: { op: "filter", "transform", "aggregate", "sort" or "deduplicate", … }',
);

export type Operation = v.InferOutput<typeof operation>;
export type OperationOf<Op extends Operation["op"]> = Extract<Operation, { readonly op: Op }>;
