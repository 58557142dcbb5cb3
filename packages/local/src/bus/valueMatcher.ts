import { BlockList, isIP } from "node:net";

/** A leaf of an event. */
export type Scalar = string | number | boolean | null;
/** What may follow a pattern's field name: one element of its array, compiled. */
export interface ValueMatcher {
  /** True for `{ exists: false }`: matches when the event lacks the field, and nothing else. */
  readonly absent: boolean;
  readonly test: (value: Scalar) => boolean;
}
/** Who runs the pattern: a Pipe's filter knows fewer operators than a bus rule. */
export type PatternTarget = "bus" | "pipe";

/** An event pattern that AWS would refuse, or that would not do there what it says. */
export class EventPatternError extends Error {
  override readonly name = "EventPatternError";
}

type Operand = (operand: unknown, fail: (reason: string) => never, target: PatternTarget) => ValueMatcher["test"];

/** EventBridge compares numbers with 15 digits of precision, within this bound. */
const NUMERIC_BOUND = 5e9;
const NUMERIC_DIGITS = 15;

/**
 * Compiles one element of a field's array: a value to equal, or an object with one operator.
 *
 * @throws {EventPatternError} when it is neither.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function compileValue(raw: unknown, field: string, target: PatternTarget): ValueMatcher {
  const fail = (reason: string): never => {
    throw new EventPatternError(`The event pattern's field "${field}" is not valid: ${reason}`);
  };
  if (isScalar(raw)) return { absent: false, test: (value) => sameValue(value, raw) };
  const [operator, operand] = onlyEntry(raw, fail);
  if (operator === "exists") {
    if (typeof operand !== "boolean") return fail("exists takes true or false.");
    return { absent: !operand, test: () => operand };
  }
  if (!Object.hasOwn(OPERATORS, operator)) return fail(`there is no operator "${operator}". Use one of ${names(OPERATORS)}, exists.`);
  return { absent: false, test: OPERATORS[operator as keyof typeof OPERATORS](operand, fail, target) };
}

const startsWith = affix("prefix", (value, text) => value.startsWith(text));
const endsWith = affix("suffix", (value, text) => value.endsWith(text));

const equalsIgnoreCase: Operand = (operand, fail) => {
  if (typeof operand !== "string") return fail("equals-ignore-case takes a string.");
  const folded = operand.toLowerCase();
  return ifString((value) => value.toLowerCase() === folded);
};

const wildcard: Operand = (operand, fail) => {
  if (typeof operand !== "string") return fail("wildcard takes a string.");
  const tokens = operand.match(/\\[\\*]|[^\\]/gsu) ?? [];
  if (tokens.join("") !== operand) return fail(`in the wildcard "${operand}" a backslash may stand only before * or another backslash.`);
  if (tokens.some((token, at) => token === "*" && tokens[at + 1] === "*")) return fail(`the wildcard "${operand}" has two * in a row.`);
  const source = tokens.map((token) => (token === "*" ? ".*" : escapeRegExp(token.startsWith("\\") ? token.slice(1) : token)));
  const expression = new RegExp(`^${source.join("")}$`, "su");
  return ifString((value) => expression.test(value));
};

const numeric: Operand = (operand, fail) => {
  if (!Array.isArray(operand)) return fail('numeric takes an array such as [">", 0, "<=", 5].');
  const [first, a, second, b, ...rest] = operand as unknown[];
  if (!isComparison(first) || !isBounded(a) || rest.length > 0)
    return fail(`numeric takes =, <, <=, > or >= and a number up to ${NUMERIC_BOUND}.`);
  if (second === undefined && operand.length === 2) return ifNumber((value) => COMPARISONS[first](value, round(a)));
  const isRange = first.startsWith(">") && isComparison(second) && second.startsWith("<");
  if (!isRange || !isBounded(b) || a >= b) return fail('a numeric range is a lower and a higher bound, as in [">", 0, "<=", 5].');
  return ifNumber((value) => COMPARISONS[first](value, round(a)) && COMPARISONS[second](value, round(b)));
};

const cidr: Operand = (operand, fail) => {
  const [, address = "", length] = /^(.+)\/(\d{1,3})$/.exec(typeof operand === "string" ? operand : "") ?? [];
  const version = isIP(address);
  const bits = Number(length);
  if (version === 0 || bits > (version === 4 ? 32 : 128)) return fail('cidr takes a block such as "10.0.0.0/24" or "2001:db8::/32".');
  const block = new BlockList();
  block.addSubnet(address, bits, version === 4 ? "ipv4" : "ipv6");
  return ifString((value) => isIP(value) === version && block.check(value, version === 4 ? "ipv4" : "ipv6"));
};

/** What `anything-but` may be combined with. A Pipe's filter knows none of these. */
const NEGATABLE = { prefix: startsWith, suffix: endsWith, "equals-ignore-case": equalsIgnoreCase, wildcard };

const anythingBut: Operand = (operand, fail, target) => {
  if (typeof operand !== "object" || operand === null || Array.isArray(operand)) {
    const excluded = listOf(operand, fail);
    const allOf = (type: string): boolean => excluded.every((value) => typeof value === type);
    if (!allOf("string") && !allOf("number")) return fail("anything-but takes strings or numbers, not both and nothing else.");
    return (value) => !excluded.some((other) => isScalar(other) && sameValue(value, other));
  }
  const [operator, inner] = onlyEntry(operand, fail);
  if (!Object.hasOwn(NEGATABLE, operator))
    return fail(`anything-but cannot be combined with "${operator}". Use one of ${names(NEGATABLE)}.`);
  if (target === "pipe") return fail(`a Pipe's filter does not know anything-but with ${operator}. Name the values to leave out instead.`);
  const excluded = listOf(inner, fail).map((text) => {
    if (typeof text !== "string" || text === "") return fail(`anything-but with ${operator} takes strings that are not empty.`);
    return NEGATABLE[operator as keyof typeof NEGATABLE](text, fail, target);
  });
  return (value) => !excluded.some((test) => test(value));
};

const OPERATORS = { ...NEGATABLE, numeric, cidr, "anything-but": anythingBut };

type Comparison = "=" | "<" | "<=" | ">" | ">=";
const COMPARISONS: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function affix(name: string, has: (value: string, text: string) => boolean): Operand {
  return (operand, fail) => {
    if (typeof operand === "string") return ifString((value) => has(value, operand));
    const [operator, text] = onlyEntry(operand, fail);
    if (operator !== "equals-ignore-case" || typeof text !== "string")
      return fail(`${name} takes a string or { "equals-ignore-case": string }.`);
    return ifString((value) => has(value.toLowerCase(), text.toLowerCase()));
  };
}

const ifString = (test: (value: string) => boolean) => (value: Scalar) => typeof value === "string" && test(value);
/** Never true for a DynamoDB `N`: that is a string. */
const ifNumber = (test: (value: number) => boolean) => (value: Scalar) => isBounded(value) && test(round(value));
const isComparison = (value: unknown): value is Comparison => typeof value === "string" && Object.hasOwn(COMPARISONS, value);
const isBounded = (value: unknown): value is number => typeof value === "number" && Math.abs(value) <= NUMERIC_BOUND;
const escapeRegExp = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}/-]/gu, "\\$&");
const round = (value: number): number => Number(value.toPrecision(NUMERIC_DIGITS));
const names = (table: object): string => Object.keys(table).join(", ");

export function isScalar(value: unknown): value is Scalar {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

function sameValue(a: Scalar, b: Scalar): boolean {
  return a === b || (isBounded(a) && isBounded(b) && round(a) === round(b));
}

function listOf(value: unknown, fail: (reason: string) => never): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.length === 0 ? fail("an empty list would leave nothing out.") : list;
}

function onlyEntry(value: unknown, fail: (reason: string) => never): [string, unknown] {
  const entries = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const [entry] = entries;
  return entry !== undefined && entries.length === 1 ? entry : fail("expected a value, or an object with exactly one operator.");
}
