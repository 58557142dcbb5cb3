import { durationMs, QueryError } from "./lexer.ts";
import type { Token } from "./lexer.ts";
import type { TokenReader } from "./tokenReader.ts";

/** A field's value. `undefined`: the line does not have the field. */
export type Value = string | number | boolean | undefined;

/** A line of a log, flat: `error.code` is the code in the error. */
export type Row = ReadonlyMap<string, Value>;

export type Expression = (row: Row) => Value;

type Combine = (left: Value, right: Value) => Value;
type Call = (args: readonly Value[]) => Value;

const FUNCTIONS: Readonly<Record<string, Call>> = {
  ispresent: ([value]) => value !== undefined,
  isempty: ([value]) => value === undefined || value === "",
  isblank: ([value]) => value === undefined || String(value).trim() === "",
  coalesce: (values) => values.find((value) => value !== undefined),
  strcontains: ([text, part]) => (String(text ?? "").includes(String(part)) ? 1 : 0),
  tolower: ([text]) => (text === undefined ? undefined : String(text).toLowerCase()),
  toupper: ([text]) => (text === undefined ? undefined : String(text).toUpperCase()),
  strlen: ([text]) => (text === undefined ? undefined : String(text).length),
  concat: (values) => values.map((value) => String(value ?? "")).join(""),
  abs: ([value]) => (value === undefined ? undefined : Math.abs(Number(value))),
  ceil: ([value]) => (value === undefined ? undefined : Math.ceil(Number(value))),
  floor: ([value]) => (value === undefined ? undefined : Math.floor(Number(value))),
};

/** Weakest first. What compares with a field that is missing is neither true nor false, and so is its contrary: the line is not found. */
const COMPARISONS: Readonly<Record<string, Combine>> = {
  "=": known((left, right) => compare(left, right) === 0),
  "!=": known((left, right) => compare(left, right) !== 0),
  "<": known((left, right) => compare(left, right) < 0),
  "<=": known((left, right) => compare(left, right) <= 0),
  ">": known((left, right) => compare(left, right) > 0),
  ">=": known((left, right) => compare(left, right) >= 0),
};
const SUMS: Readonly<Record<string, Combine>> = {
  "+": known((left, right) => Number(left) + Number(right)),
  "-": known((left, right) => Number(left) - Number(right)),
};
const PRODUCTS: Readonly<Record<string, Combine>> = {
  "*": known((left, right) => Number(left) * Number(right)),
  "/": known((left, right) => Number(left) / Number(right)),
  "%": known((left, right) => Number(left) % Number(right)),
};

/** Reads one expression: `or` binds weakest, then `and`, `not`, comparisons, sums, products. @throws {QueryError} */
export function readExpression(reader: TokenReader): Expression {
  let left = readAnd(reader);
  while (reader.takes("or")) {
    const [one, other] = [left, readAnd(reader)];
    left = (row) => either(one(row), () => other(row));
  }
  return left;
}

function readAnd(reader: TokenReader): Expression {
  let left = readNot(reader);
  while (reader.takes("and")) {
    const [one, other] = [left, readNot(reader)];
    left = (row) => not(either(not(one(row)), () => not(other(row))));
  }
  return left;
}

function readNot(reader: TokenReader): Expression {
  if (!reader.takes("not")) return readComparison(reader);
  const negated = readNot(reader);
  return (row) => not(negated(row));
}

function readComparison(reader: TokenReader): Expression {
  const left = readSum(reader);
  const sign = reader.peek()?.text ?? "";
  const combine = reader.peek()?.kind === "sign" ? COMPARISONS[sign] : undefined;
  if (combine !== undefined) {
    reader.next();
    const right = readSum(reader);
    return (row) => combine(left(row), right(row));
  }
  const negated = reader.takes("not");
  const test = readTest(reader, left);
  if (test === undefined && negated) throw new QueryError(`Behind "${sign}" only "like" and "in" may stand here.`);
  return test === undefined ? left : negated ? (row) => not(test(row)) : test;
}

/** `like`, `=~` and `in`, with the negation before it already read. */
function readTest(reader: TokenReader, left: Expression): Expression | undefined {
  if (reader.takes("in")) {
    const values = reader.list("[", "]", readSum);
    return (row) => either3(values.map((value) => COMPARISONS["="]?.(left(row), value(row))));
  }
  if (!reader.takes("like") && !reader.takes("=~")) return undefined;
  const token = reader.next();
  if (token.kind === "pattern") {
    const pattern = toRegExp(token.text);
    return (row) => ifKnown(left(row), (value) => pattern.test(String(value)));
  }
  if (token.kind !== "string") throw new QueryError(`Behind "like" stands a pattern or a string, not ${token.text}.`);
  return (row) => ifKnown(left(row), (value) => String(value).includes(token.text));
}

const readSum = chain(SUMS, chain(PRODUCTS, readValue));

function chain(signs: Readonly<Record<string, Combine>>, readPart: (reader: TokenReader) => Expression) {
  return (reader: TokenReader): Expression => {
    let left = readPart(reader);
    for (;;) {
      const token = reader.peek();
      const combine = token?.kind === "sign" ? signs[token.text] : undefined;
      if (combine === undefined) return left;
      reader.next();
      const [one, other] = [left, readPart(reader)];
      left = (row) => combine(one(row), other(row));
    }
  };
}

function readValue(reader: TokenReader): Expression {
  if (reader.takes("(")) {
    const inner = readExpression(reader);
    reader.expect(")");
    return inner;
  }
  if (reader.takes("-")) {
    const negated = readValue(reader);
    return (row) => ifKnown(negated(row), (value) => -Number(value));
  }
  const token = reader.next();
  if (token.kind === "number") return () => Number(token.text);
  if (token.kind === "string") return () => token.text;
  if (token.kind !== "name") throw new QueryError(`A value is missing before "${token.text}".`);
  if (reader.peek()?.text !== "(") return fieldOf(token);
  return readCall(reader, token);
}

function readCall(reader: TokenReader, { text: name }: Token): Expression {
  if (name === "bin") {
    reader.expect("(");
    const widthMs = durationMs(reader.next());
    reader.expect(")");
    return (row) => ifKnown(row.get("@timestamp"), (time) => Math.floor(Number(time) / widthMs) * widthMs);
  }
  const call = FUNCTIONS[name];
  if (call === undefined) throw new QueryError(`There is no function "${name}" among those that are known here.`);
  const args = reader.list("(", ")", readExpression);
  return (row) => call(args.map((arg) => arg(row)));
}

function fieldOf({ text }: Token): Expression {
  return (row) => row.get(text);
}

/** Numbers as numbers, even when one of them stands in quotes; all else as text. */
export function compare(left: Value, right: Value): number {
  const [a, b] = [Number(left), Number(right)];
  const numeric = left !== "" && right !== "" && !Number.isNaN(a) && !Number.isNaN(b);
  if (numeric) return a - b;
  const [one, other] = [String(left), String(right)];
  return one < other ? -1 : one > other ? 1 : 0;
}

export function isTrue(value: Value): boolean {
  return value === true || (typeof value === "number" && value !== 0);
}

function known(combine: Combine): Combine {
  return (left, right) => (left === undefined || right === undefined ? undefined : combine(left, right));
}

function ifKnown(value: Value, use: (value: Exclude<Value, undefined>) => Value): Value {
  return value === undefined ? undefined : use(value);
}

function not(value: Value): Value {
  return value === undefined ? undefined : !isTrue(value);
}

function either(left: Value, right: () => Value): Value {
  return isTrue(left) ? true : either3([left, right()]);
}

function either3(values: readonly Value[]): Value {
  return values.some(isTrue) ? true : values.includes(undefined) ? undefined : false;
}

/** Insights' patterns are RE2's; of these only the flag at the start is written otherwise here. */
function toRegExp(text: string): RegExp {
  const [, flags = "", pattern = ""] = /^(?:\(\?([is]+)\))?(.*)$/s.exec(text) ?? [];
  return new RegExp(pattern, flags);
}
