import { readCommand } from "./commands.ts";
import type { Row, Value } from "./expression.ts";
import { tokensOf } from "./lexer.ts";
import type { Token } from "./lexer.ts";
import { createTokenReader } from "./tokenReader.ts";

/** A line as CloudWatch Logs has it. */
export interface StoredLine {
  /** When it was written, in ms since 1970. */
  readonly timestamp: number;
  /** The log group: here the function's name. */
  readonly group: string;
  readonly text: string;
}

/** One line of a result: the columns that the query asks for. */
export type ResultRow = Readonly<Record<string, Value>>;

/** What a query without `limit` gives at most. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Limit.html */
const DEFAULT_LIMIT = 10_000;

/**
 * The part of CloudWatch Logs Insights' language that our stored queries are written in: fields, display, filter, sort, limit, dedup and
 * stats. Lines of JSON have their fields discovered, those within objects under their path. What is not known here is refused, never
 * passed over.
 *
 * @throws {QueryError}
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export function runQuery(query: string, lines: readonly StoredLine[]): readonly ResultRow[] {
  const commands = commandsOf(tokensOf(query)).map((tokens) => readCommand(createTokenReader(tokens)));
  const newestFirst = lines.toSorted((left, right) => right.timestamp - left.timestamp);
  let rows: readonly Row[] = newestFirst.map(toRow);
  let columns: readonly string[] = [];
  for (const command of commands) {
    rows = command.run(rows);
    if (command.columns !== undefined) columns = command.name === "fields" ? [...columns, ...command.columns] : command.columns;
  }
  const shown = columns.length > 0 ? columns : ["@timestamp", "@message"];
  return rows.slice(0, DEFAULT_LIMIT).map((row) => Object.fromEntries(shown.map((name) => [name, row.get(name)])));
}

function commandsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const commands: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === "sign" && token.text === "|") commands.push([]);
    else commands.at(-1)?.push(token);
  }
  return commands;
}

function toRow({ timestamp, group, text }: StoredLine): Row {
  const row = new Map<string, Value>();
  flatten(parsed(text), "", row);
  row.set("@timestamp", timestamp).set("@message", text).set("@log", group);
  return row;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function flatten(value: unknown, path: string, row: Map<string, Value>): void {
  if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) flatten(inner, path === "" ? name : `${path}.${name}`, row);
  } else if (path !== "" && (typeof value === "string" || typeof value === "number" || typeof value === "boolean")) row.set(path, value);
}
