import * as v from "valibot";
import { MAX_COLUMN_NAME_CHARS, MAX_COLUMNS } from "../limits.ts";

export const columnName = v.pipe(
  v.string("must be the name of a column"),
  v.nonEmpty("must be the name of a column"),
  v.maxLength(MAX_COLUMN_NAME_CHARS, `must have at most ${MAX_COLUMN_NAME_CHARS} characters`),
);

/** Names of columns, each once. */
export const columnNames = v.pipe(
  v.array(columnName, "must be a list of columns"),
  v.maxLength(MAX_COLUMNS, `must name at most ${MAX_COLUMNS} columns`),
  v.check((names) => new Set(names).size === names.length, "must name each column once"),
);
