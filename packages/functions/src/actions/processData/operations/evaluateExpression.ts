import { finiteNumber, isEmpty, numberIn, roundedNumber, textOf } from "../cells.ts";
import { addNumbers, multiplyNumbers } from "../decimals.ts";
import { BadRowError } from "../rows.ts";
import type { Cell, Row } from "../rows.ts";
import type { Expression, FunctionName } from "../schema/expression.ts";

/** The value of an expression for one row. @throws {BadRowError} when a number is asked of what is none. */
export function evaluate(expression: Expression, row: Row["values"]): Cell {
  if (typeof expression !== "object" || expression === null) return expression;
  if ("column" in expression) return row.get(expression.column) ?? null;
  return apply(
    expression.fn,
    expression.of.map((one) => evaluate(one, row)),
  );
}

function apply(fn: FunctionName, values: readonly Cell[]): Cell {
  const first = values[0] ?? null;
  switch (fn) {
    case "add":
      return calculated(fn, values, addNumbers);
    case "subtract":
      return calculated(fn, values, (a, b) => addNumbers(a, -b));
    case "multiply":
      return calculated(fn, values, multiplyNumbers);
    case "divide":
      return calculated(fn, values, (a, b) => roundedNumber(a / b, "a division"));
    case "round":
      return calculated(fn, values, rounded);
    case "number":
      return isEmpty(first) ? null : asNumber(fn, first);
    case "concat":
      return values.map(textOf).join("");
    case "coalesce":
      return values.find((value) => !isEmpty(value)) ?? null;
    case "upper":
      return textOf(first).toUpperCase();
    case "lower":
      return textOf(first).toLowerCase();
    case "trim":
      return textOf(first).trim();
    case "text":
      return textOf(first);
    case "length":
      return textOf(first).length;
  }
}

function calculated(fn: FunctionName, values: readonly Cell[], combine: (a: number, b: number) => number): Cell {
  if (values.some(isEmpty)) return null;
  const finite = (a: number, b: number): number => finiteNumber(combine(a, b), `"${fn}"`);
  return values.map((value) => asNumber(fn, value)).reduce(finite);
}

function asNumber(fn: FunctionName, value: Cell): number {
  const number = numberIn(value);
  if (number === undefined) throw new BadRowError("NOT_A_NUMBER", `"${fn}" was given what is no number`);
  return number;
}

/** Halves away from zero, as people round: 1.005 to two decimals is 1.01. */
function rounded(value: number, decimals: number): number {
  const shifted = Number(`${Math.abs(value)}e${decimals}`);
  // Written with an exponent: too small to leave anything, or too large to have decimals.
  if (Number.isNaN(shifted)) return Math.abs(value) < 1 ? 0 : value;
  return Math.sign(value) * Number(`${Math.round(shifted)}e-${decimals}`);
}
