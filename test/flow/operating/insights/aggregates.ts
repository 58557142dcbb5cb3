import { compare, readExpression } from "./expression.ts";
import type { Row, Value } from "./expression.ts";
import { QueryError } from "./lexer.ts";
import type { TokenReader } from "./tokenReader.ts";

/** One number of a group of rows, and what it is called. */
export interface Aggregate {
  readonly name: string;
  readonly of: (rows: readonly Row[]) => Value;
}

/** Of the values that are there, and of the number behind the comma, if there is one. */
type Reduce = (values: readonly Exclude<Value, undefined>[], parameter: number) => Value;

const sum: Reduce = (values) => values.reduce<number>((total, value) => total + Number(value), 0);

const REDUCERS: Readonly<Record<string, Reduce>> = {
  count: (values) => values.length,
  count_distinct: (values) => new Set(values).size,
  sum,
  avg: (values) => (values.length === 0 ? undefined : Number(sum(values, 0)) / values.length),
  min: (values) => values.toSorted(compare).at(0),
  max: (values) => values.toSorted(compare).at(-1),
  pct: percentile,
};

/** `earliest` and `latest` go by the lines' time. */
const BY_TIME: Readonly<Record<string, 0 | -1>> = { earliest: 0, latest: -1 };

/** @throws {QueryError} */
export function readAggregate(reader: TokenReader): Aggregate {
  const from = reader.position;
  const { text: kind } = reader.next();
  const of = readArguments(kind, reader);
  const text = reader.textSince(from);
  return { name: reader.takes("as") ? reader.next().text : text, of };
}

function readArguments(kind: string, reader: TokenReader): Aggregate["of"] {
  reader.expect("(");
  if (kind === "count" && (reader.takes("*") || reader.peek()?.text === ")")) {
    reader.expect(")");
    return (rows) => rows.length;
  }
  const value = readExpression(reader);
  const parameter = reader.takes(",") ? Number(reader.next().text) : Number.NaN;
  reader.expect(")");
  const end = BY_TIME[kind];
  if (end !== undefined) {
    return (rows) =>
      rows
        .filter((row) => value(row) !== undefined)
        .toSorted((left, right) => compare(left.get("@timestamp"), right.get("@timestamp")))
        .map(value)
        .at(end);
  }
  const reduce = REDUCERS[kind];
  if (reduce === undefined) throw new QueryError(`There is no sum of lines called "${kind}" among those that are known here.`);
  return (rows) =>
    reduce(
      rows.map(value).filter((each) => each !== undefined),
      parameter,
    );
}

/** The smallest value that so many percent of all are not above. */
export function percentile(values: readonly Value[], percent: number): Value {
  const sorted = values.toSorted(compare);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}
