import { MAX_FIELD_CHARS } from "./limits.ts";
import { BadRowError } from "./rows.ts";
import type { Cell } from "./rows.ts";

const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** The number that a cell is or says, as CSV writes numbers as texts; `undefined` for all else. `007` says 7. */
export function numberIn(cell: Cell | undefined): number | undefined {
  if (typeof cell === "number") return cell;
  if (typeof cell !== "string" || !NUMBER.test(cell)) return undefined;
  const number = Number(cell);
  return Number.isFinite(number) ? number : undefined;
}

/** Nothing there: no such column in the row, null, or an empty text. */
export function isEmpty(cell: Cell | undefined): cell is null | undefined | "" {
  return cell === undefined || cell === null || cell === "";
}

export function textOf(cell: Cell | undefined): string {
  return isEmpty(cell) ? "" : String(cell);
}

/** Numbers before texts before nothing; numbers by their size, texts by their code units, so that every machine sorts alike. */
export function compareCells(a: Cell | undefined, b: Cell | undefined): number {
  const [left, right] = [numberIn(a), numberIn(b)];
  if (left !== undefined && right !== undefined) return left - right;
  if (left !== undefined || right !== undefined) return (left === undefined ? 1 : 0) - (right === undefined ? 1 : 0) || 0;
  return compareTexts(textOf(a), textOf(b));
}

export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @throws {BadRowError} when a computed number is none, as after a division by zero, or is larger than any. */
export function finiteNumber(number: number, what: string): number {
  if (Number.isFinite(number)) return number;
  throw new BadRowError("NOT_A_NUMBER", `${what} gives no number`);
}

/** The same, with the 15 digits that can be relied on of what cannot be exact: a third is 0.333333333333333. */
export function roundedNumber(number: number, what: string): number {
  return Number(finiteNumber(number, what).toPrecision(15));
}

/** @throws {BadRowError} when a text is too long for a field. */
export function checkedCell(cell: Cell, column: string): Cell {
  if (typeof cell === "string" && cell.length > MAX_FIELD_CHARS) {
    throw new BadRowError("FIELD_TOO_LONG", `column "${column}" has ${cell.length} characters; a field has at most ${MAX_FIELD_CHARS}`);
  }
  return cell;
}
