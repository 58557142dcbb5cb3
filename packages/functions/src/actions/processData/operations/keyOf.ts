import { createHash } from "node:crypto";
import type { Row } from "../rows.ts";

const MAX_PLAIN_CHARS = 64;

/**
 * What two rows have in common when they are alike in these columns; without columns, in all they have. Of a fixed length at most, as
 * very many are remembered.
 */
export function keyOf(values: Row["values"], columns: readonly string[] | undefined): string {
  // In CSV everything is text, in JSON 1 and "1" are two values, and a column that is not there is like one that holds nothing.
  const parts = columns === undefined ? [...values].toSorted(byName) : columns.map((column) => values.get(column) ?? null);
  const text = JSON.stringify(parts);
  return text.length <= MAX_PLAIN_CHARS ? text : createHash("sha256").update(text).digest("base64");
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
