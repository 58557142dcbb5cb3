import { invalidInput } from "../rows.ts";
import type { Condition } from "../schema/condition.ts";
import type { Expression } from "../schema/expression.ts";
import type { Operation } from "../schema/operation.ts";

/**
 * The columns that the rows have after all operations, when all rows begin with the same ones, as those of CSV do. A misspelled column is
 * told before any row is touched, where rows of JSON would merely be empty there.
 *
 * @throws {ValidationError} naming the operation and the column that is not there.
 */
export function columnsAfter(columns: readonly string[], operations: readonly Operation[]): readonly string[] {
  return operations.reduce((present, operation, index) => after(present, operation, `operations.${index}`), columns);
}

function after(present: readonly string[], operation: Operation, path: string): readonly string[] {
  const columns = new Set(present);
  const need = (names: readonly string[]): void => {
    const missing = names.find((name) => !columns.has(name));
    if (missing !== undefined) throw invalidInput(path, `there is no column "${missing}". There are: ${listed(columns)}`);
  };
  switch (operation.op) {
    case "filter":
      need(columnsOfCondition(operation.where));
      return present;
    case "sort":
      need(operation.by.map(({ column }) => column));
      return present;
    case "deduplicate":
      need(operation.by ?? []);
      return present;
    case "aggregate":
      need([...operation.group_by, ...operation.compute.flatMap((one) => ("column" in one ? [one.column] : []))]);
      return [...new Set([...operation.group_by, ...operation.compute.map(({ as }) => as)])];
    case "transform": {
      for (const { column, to } of operation.set) {
        need(columnsOfExpression(to));
        columns.add(column);
      }
      need(operation.rename.map(({ column }) => column));
      const names = new Map(operation.rename.map(({ column, to }) => [column, to]));
      const renamed = [...columns].map((column) => names.get(column) ?? column);
      columns.clear();
      for (const column of renamed) columns.add(column);
      if (columns.size < renamed.length)
        throw invalidInput(path, "a column is renamed to what another is called. Remove or rename that one too");
      need(operation.remove);
      for (const column of operation.remove) columns.delete(column);
      need(operation.select ?? []);
      return operation.select ?? [...columns];
    }
  }
}

function columnsOfCondition(condition: Condition): readonly string[] {
  if ("all" in condition) return condition.all.flatMap(columnsOfCondition);
  if ("any" in condition) return condition.any.flatMap(columnsOfCondition);
  if ("not" in condition) return columnsOfCondition(condition.not);
  return [condition.column];
}

function columnsOfExpression(expression: Expression): readonly string[] {
  if (typeof expression !== "object" || expression === null) return [];
  return "column" in expression ? [expression.column] : expression.of.flatMap(columnsOfExpression);
}

const MAX_LISTED = 10;
function listed(columns: ReadonlySet<string>): string {
  const names = [...columns];
  return `${names.slice(0, MAX_LISTED).join(", ")}${names.length > MAX_LISTED ? " …" : ""}`;
}
