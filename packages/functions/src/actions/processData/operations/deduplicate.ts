import { MAX_HELD_ROWS } from "../limits.ts";
import { invalidInput } from "../rows.ts";
import type { Rows } from "../rows.ts";
import type { OperationOf } from "../schema/operation.ts";
import { keyOf } from "./keyOf.ts";

/** @throws {ValidationError} naming the operation, when more different rows come than are remembered. */
export async function* deduplicate(rows: Rows, { by }: OperationOf<"deduplicate">, path: string, maxKeys = MAX_HELD_ROWS): Rows {
  const seen = new Set<string>();
  for await (const batch of rows) {
    const first = batch.filter(({ values }) => {
      const key = keyOf(values, by);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
    if (seen.size > maxKeys) {
      throw invalidInput(
        path,
        `more than ${maxKeys} different rows come here, and all of them are remembered. Filter before, or compare fewer columns`,
      );
    }
    yield first;
  }
}
