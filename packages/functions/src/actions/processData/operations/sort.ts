import { setImmediate } from "node:timers/promises";
import { compareCells, isEmpty } from "../cells.ts";
import { BATCH_ROWS, MAX_HELD_ROWS } from "../limits.ts";
import { invalidInput } from "../rows.ts";
import type { Row, Rows } from "../rows.ts";
import type { OperationOf } from "../schema/operation.ts";

/** @throws {ValidationError} naming the operation, when more rows come than are held. */
export async function* sort(rows: Rows, { by }: OperationOf<"sort">, path: string, maxRows = MAX_HELD_ROWS): Rows {
  const held: Row[] = [];
  for await (const batch of rows) {
    if (held.length + batch.length > maxRows) {
      throw invalidInput(path, `more than ${maxRows} rows come here, and a sort holds all of them. Filter or aggregate before`);
    }
    held.push(...batch);
  }
  held.sort((a, b) => {
    for (const { column, direction } of by) {
      const order = compareInDirection(a.values.get(column), b.values.get(column), direction);
      if (order !== 0) return order;
    }
    return 0;
  });
  yield* inBatches(held);
}

/** What is empty comes last in both directions. */
function compareInDirection(a: Parameters<typeof compareCells>[0], b: typeof a, direction: "asc" | "desc"): number {
  if (isEmpty(a) || isEmpty(b)) return Number(isEmpty(a)) - Number(isEmpty(b));
  return direction === "asc" ? compareCells(a, b) : compareCells(b, a);
}

/** Rows that are all there, some at a time, with a pause in which the signal can be heard. */
export async function* inBatches(rows: readonly Row[]): Rows {
  for (let from = 0; from < rows.length; from += BATCH_ROWS) {
    await setImmediate();
    yield rows.slice(from, from + BATCH_ROWS);
  }
}
