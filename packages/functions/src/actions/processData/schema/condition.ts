import * as v from "valibot";
import { MAX_IN_VALUES } from "../limits.ts";
import { columnName } from "./columnName.ts";

const COMPARISONS = ["=", "!=", "<", "<=", ">", ">=", "contains", "starts_with", "ends_with"] as const;
export type Comparison = (typeof COMPARISONS)[number];

/**
 * What a row must be like. A number is compared with the number that the cell says, and a cell that says none is unequal to it and neither
 * less nor greater; a text is compared with the cell's text, capitals being different from small letters. A column that a row does not have
 * is empty.
 */
export type Condition =
  | { readonly column: string; readonly is: Comparison; readonly value: string | number | boolean }
  | { readonly column: string; readonly is: "in"; readonly values: readonly (string | number | boolean)[] }
  | { readonly column: string; readonly is: "empty" | "not_empty" }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

const scalar = v.union([v.string(), v.pipe(v.number(), v.finite()), v.boolean()], "must be a text, a number, true or false");
const inner = v.lazy((): v.GenericSchema<Condition> => condition);
const some = v.pipe(v.array(inner), v.minLength(1, "must hold at least one condition"));

export const condition: v.GenericSchema<Condition> = v.union(
  [
    v.strictObject({ column: columnName, is: v.picklist(COMPARISONS), value: scalar }),
    v.strictObject({ column: columnName, is: v.literal("in"), values: v.pipe(v.array(scalar), v.maxLength(MAX_IN_VALUES)) }),
    v.strictObject({ column: columnName, is: v.picklist(["empty", "not_empty"]) }),
    v.strictObject({ all: some }),
    v.strictObject({ any: some }),
    v.strictObject({ not: inner }),
  ],
  'must be a condition such as { column: "amount", is: ">", value: 100 }, { column: "state", is: "in", values: ["new"] }, { column: "mail", is: "not_empty" }, or { all: […] }, { any: […] }, { not: … }',
);
