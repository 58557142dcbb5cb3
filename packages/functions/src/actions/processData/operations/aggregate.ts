import { MAX_HELD_ROWS } from "../limits.ts";
import { invalidInput, judged } from "../rows.ts";
import type { Cell, ReportBadRow, Row, Rows } from "../rows.ts";
import type { OperationOf } from "../schema/operation.ts";
import { keyOf } from "./keyOf.ts";
import { inBatches } from "./sort.ts";
import { createSums } from "./sums.ts";
import type { Sums } from "./sums.ts";

interface Group {
  /** Of its first row. */
  readonly line: number;
  readonly names: readonly (readonly [string, Cell])[];
  readonly sums: Sums;
}

/** Groups come in the order of their first rows. @throws {ValidationError} naming the operation, when there are more groups than are held. */
export async function* aggregate(
  rows: Rows,
  { group_by, compute }: OperationOf<"aggregate">,
  path: string,
  report: ReportBadRow,
  maxGroups = MAX_HELD_ROWS,
): Rows {
  const groups = new Map<string, Group>();
  const newGroup = ({ line, values }: Row): Group => ({
    line,
    names: group_by.map((column) => [column, values.get(column) ?? null]),
    sums: createSums(compute),
  });
  for await (const batch of rows) {
    for (const row of batch) {
      const key = keyOf(row.values, group_by);
      const group = groups.get(key) ?? newGroup(row);
      const added = judged(row.line, report, () => {
        group.sums.add(row.values);
        return true;
      });
      if (added === true) groups.set(key, group);
    }
    if (groups.size > maxGroups) throw invalidInput(path, `there are more than ${maxGroups} groups. Group by fewer columns`);
  }
  const results = [...groups.values()].flatMap(({ line, names, sums }) => {
    const values = judged(line, report, () => new Map([...names, ...sums.results()]));
    return values === undefined ? [] : [{ line, values }];
  });
  yield* inBatches(results);
}
