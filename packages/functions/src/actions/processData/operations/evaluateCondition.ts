import { compareTexts, isEmpty, numberIn, textOf } from "../cells.ts";
import type { Cell, Row } from "../rows.ts";
import type { Comparison, Condition } from "../schema/condition.ts";

/** Whether a row is as the condition says. */
export function meets(condition: Condition, row: Row["values"]): boolean {
  if ("all" in condition) return condition.all.every((one) => meets(one, row));
  if ("any" in condition) return condition.any.some((one) => meets(one, row));
  if ("not" in condition) return !meets(condition.not, row);
  const cell = row.get(condition.column);
  switch (condition.is) {
    case "empty":
      return isEmpty(cell);
    case "not_empty":
      return !isEmpty(cell);
    case "in":
      return condition.values.some((value) => compared(cell, "=", value));
    default:
      return compared(cell, condition.is, condition.value);
  }
}

function compared(cell: Cell | undefined, comparison: Comparison, value: string | number | boolean): boolean {
  switch (comparison) {
    case "contains":
      return textOf(cell).includes(String(value));
    case "starts_with":
      return textOf(cell).startsWith(String(value));
    case "ends_with":
      return textOf(cell).endsWith(String(value));
    default:
      return holds(comparison, difference(cell, value));
  }
}

/** Below 0 when the cell is less; `undefined` when the two cannot be compared. */
function difference(cell: Cell | undefined, value: string | number | boolean): number | undefined {
  if (typeof value !== "number") return compareTexts(textOf(cell), String(value));
  const number = numberIn(cell);
  return number === undefined ? undefined : number - value;
}

function holds(comparison: "=" | "!=" | "<" | "<=" | ">" | ">=", by: number | undefined): boolean {
  if (by === undefined) return comparison === "!=";
  switch (comparison) {
    case "=":
      return by === 0;
    case "!=":
      return by !== 0;
    case "<":
      return by < 0;
    case "<=":
      return by <= 0;
    case ">":
      return by > 0;
    case ">=":
      return by >= 0;
  }
}
