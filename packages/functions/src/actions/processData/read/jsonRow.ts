import { checkedCell } from "../cells.ts";
import { MAX_COLUMN_NAME_CHARS, MAX_COLUMNS, MAX_ROW_CHARS } from "../limits.ts";
import { BadRowError } from "../rows.ts";
import type { Cell } from "../rows.ts";

/** The values of a row that is written as a JSON object. @throws {BadRowError} when it is none, or holds more than plain values. */
export function parseJsonRow(text: string): ReadonlyMap<string, Cell> {
  if (text.length > MAX_ROW_CHARS) {
    throw new BadRowError("ROW_TOO_LONG", `has ${text.length} characters; a row has at most ${MAX_ROW_CHARS}`);
  }
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadRowError("NOT_AN_OBJECT", 'is no object such as {"name":"value"}');
  }
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  if (entries.length > MAX_COLUMNS) {
    throw new BadRowError("TOO_MANY_COLUMNS", `has ${entries.length} fields; at most ${MAX_COLUMNS} are taken`);
  }
  return new Map(entries.map(([name, field]) => [checkedName(name), toCell(name, field)]));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRowError("NOT_JSON", "is no JSON");
  }
}

function checkedName(name: string): string {
  if (name.length <= MAX_COLUMN_NAME_CHARS) return name;
  throw new BadRowError("FIELD_TOO_LONG", `has a field whose name has over ${MAX_COLUMN_NAME_CHARS} characters`);
}

function toCell(name: string, field: unknown): Cell {
  if (field === null || typeof field === "boolean") return field;
  if (typeof field === "string") return checkedCell(field, name);
  if (typeof field !== "number") throw new BadRowError("NESTED_VALUE", `field "${name}" holds an object or a list. Send plain values`);
  // JSON's 1e999.
  if (!Number.isFinite(field)) throw new BadRowError("NOT_A_NUMBER", `field "${name}" holds a number that is too large`);
  return field;
}
