import { compare, isTrue, readExpression } from "./expression.ts";
import type { Expression, Row, Value } from "./expression.ts";
import { QueryError } from "./lexer.ts";
import { readAggregate } from "./aggregates.ts";
import type { TokenReader } from "./tokenReader.ts";

/** What lies between two bars of a query: rows in, rows out. */
export interface Command {
  readonly name: string;
  readonly run: (rows: readonly Row[]) => readonly Row[];
  /** The columns that the result has from here on; `undefined`: as before. */
  readonly columns?: readonly string[];
}

/** One computed column and what it is called. */
interface Column {
  readonly name: string;
  readonly of: Expression;
}

const READERS: Readonly<Record<string, (reader: TokenReader) => Omit<Command, "name">>> = {
  fields: (reader) => {
    const columns = reader.items(readColumn);
    return { run: (rows) => rows.map((row) => withColumns(row, columns)), columns: columns.map(({ name }) => name) };
  },
  display: (reader) => ({ run: (rows) => rows, columns: reader.items((each) => each.next().text) }),
  filter: (reader) => {
    const holds = readExpression(reader);
    return { run: (rows) => rows.filter((row) => isTrue(holds(row))) };
  },
  sort: (reader) => {
    const orders = reader.items(readOrder);
    return { run: (rows) => rows.toSorted((left, right) => firstDifference(orders, left, right)) };
  },
  limit: (reader) => {
    const most = Number(reader.next().text);
    return { run: (rows) => rows.slice(0, most) };
  },
  dedup: (reader) => {
    const names = reader.items((each) => each.next().text);
    return { run: (rows) => [...firstOfEach(rows, names).values()] };
  },
  stats: readStats,
};

/** @throws {QueryError} for a command that is not known here, or has more than it may. */
export function readCommand(reader: TokenReader): Command {
  const { text: name } = reader.next();
  const read = READERS[name];
  if (read === undefined) throw new QueryError(`There is no command "${name}" among those that are known here.`);
  const command = read(reader);
  if (!reader.done) throw new QueryError(`"${name}" ends before "${reader.peek()?.text}".`);
  return { name, ...command };
}

function readColumn(reader: TokenReader): Column {
  const from = reader.position;
  const of = readExpression(reader);
  const text = reader.textSince(from);
  return { name: reader.takes("as") ? reader.next().text : text, of };
}

interface Order {
  readonly of: Expression;
  readonly direction: 1 | -1;
}

function readOrder(reader: TokenReader): Order {
  const of = readExpression(reader);
  if (reader.takes("desc")) return { of, direction: -1 };
  // Which way it goes without a word differs between the pages of AWS.
  reader.expect("asc");
  return { of, direction: 1 };
}

function firstDifference(orders: readonly Order[], left: Row, right: Row): number {
  for (const { of, direction } of orders) {
    const difference = inOrder(of(left), of(right)) * direction;
    if (difference !== 0) return difference;
  }
  return 0;
}

function inOrder(left: Value, right: Value): number {
  if (left === undefined || right === undefined) return Number(right === undefined) - Number(left === undefined);
  return compare(left, right);
}

function withColumns(row: Row, columns: readonly Column[]): Row {
  return new Map([...row, ...columns.map(({ name, of }) => [name, of(row)] as const)]);
}

function firstOfEach(rows: readonly Row[], names: readonly string[]): ReadonlyMap<string, Row> {
  const found = new Map<string, Row>();
  for (const row of rows) {
    const key = JSON.stringify(names.map((name) => row.get(name) ?? null));
    if (!found.has(key)) found.set(key, row);
  }
  return found;
}

function readStats(reader: TokenReader): Omit<Command, "name"> {
  const aggregates = reader.items(readAggregate);
  const groups = reader.takes("by") ? reader.items(readColumn) : [];
  const names = groups.map(({ name }) => name);
  return {
    columns: [...names, ...aggregates.map(({ name }) => name)],
    run(rows) {
      const grouped = Map.groupBy(
        rows.map((row) => withColumns(row, groups)),
        (row) => JSON.stringify(names.map((name) => row.get(name) ?? null)),
      );
      return [...grouped.values()].map((members) => {
        const [first] = members;
        return new Map([
          ...names.map((name) => [name, first?.get(name)] as const),
          ...aggregates.map(({ name, of }) => [name, of(members)] as const),
        ]);
      });
    },
  };
}
