import { checkedCell } from "../cells.ts";
import { MAX_COLUMNS } from "../limits.ts";
import { BadRowError, judged } from "../rows.ts";
import type { ReportBadRow, Row, Rows } from "../rows.ts";
import type { OperationOf } from "../schema/operation.ts";
import { evaluate } from "./evaluateExpression.ts";

type Transform = OperationOf<"transform">;

export async function* transform(rows: Rows, operation: Transform, report: ReportBadRow): Rows {
  for await (const batch of rows) {
    yield batch.flatMap(({ line, values }) => {
      const changed = judged(line, report, () => transformed(values, operation));
      return changed === undefined ? [] : [{ line, values: changed }];
    });
  }
}

function transformed(values: Row["values"], { set, rename, remove, select }: Transform): Row["values"] {
  const computed = new Map(values);
  for (const { column, to } of set) computed.set(column, checkedCell(evaluate(to, computed), column));
  const names = new Map(rename.map(({ column, to }) => [column, to]));
  const removed = new Set(remove);
  const renamed = new Map([...computed].map(([column, cell]) => [names.get(column) ?? column, cell]));
  for (const column of removed) renamed.delete(column);
  if (renamed.size > MAX_COLUMNS)
    throw new BadRowError("TOO_MANY_COLUMNS", `has ${renamed.size} columns by now; at most ${MAX_COLUMNS} are taken`);
  return select === undefined ? renamed : new Map(select.map((column) => [column, renamed.get(column) ?? null]));
}
