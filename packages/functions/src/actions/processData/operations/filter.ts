import type { Rows } from "../rows.ts";
import type { OperationOf } from "../schema/operation.ts";
import { meets } from "./evaluateCondition.ts";

export async function* filter(rows: Rows, { where }: OperationOf<"filter">): Rows {
  for await (const batch of rows) yield batch.filter(({ values }) => meets(where, values));
}
