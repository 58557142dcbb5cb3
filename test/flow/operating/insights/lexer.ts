/** A piece of a query's text. */
export interface Token {
  readonly kind: "name" | "string" | "pattern" | "number" | "duration" | "sign";
  /** As it was written; of a string and a pattern what stands between the marks, of a name in backticks the name. */
  readonly text: string;
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const SPACE = /(?:\s|#[^\n]*)+/y;
const PIECES: readonly (readonly [Token["kind"], RegExp])[] = [
  ["duration", /\d+(?:ms|s|m|h|d)\b/y],
  ["number", /\d+(?:\.\d+)?/y],
  ["name", /[@A-Za-z_][\w.@]*/y],
  ["name", /`([^`]+)`/y],
  ["string", /"((?:[^"\\]|\\.)*)"/y],
  ["string", /'((?:[^'\\]|\\.)*)'/y],
  ["sign", /=~|!=|<=|>=|[=<>()[\],|*+%^-]/y],
];
const PATTERN = /\/((?:[^/\\\n]|\\.)+)\//y;
const DIVIDED_BY: Token = { kind: "sign", text: "/" };

/** A query that CloudWatch Logs Insights would not take, or that says what this interpreter does not know. */
export class QueryError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "QueryError";
  }
}

/** @throws {QueryError} */
export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = skip(SPACE, query, 0);
  while (at < query.length) {
    const { token, end } = tokenAt(query, at, tokens.at(-1));
    tokens.push(token);
    at = skip(SPACE, query, end);
  }
  return tokens;
}

export function durationMs(token: Token): number {
  const [, amount = "", unit = ""] = /^(\d+)(\w+)$/.exec(token.text) ?? [];
  return Number(amount) * (UNITS_MS[unit] ?? Number.NaN);
}

function tokenAt(query: string, at: number, before: Token | undefined): { readonly token: Token; readonly end: number } {
  // The slash is a pattern's mark behind `like` and `=~`, and divides elsewhere.
  if (query[at] === "/") {
    const isPattern = before?.text === "like" || before?.text === "=~";
    const found = isPattern ? matchAt(PATTERN, query, at) : undefined;
    return found === undefined
      ? { token: DIVIDED_BY, end: at + 1 }
      : { token: { kind: "pattern", text: found[1] ?? "" }, end: at + found[0].length };
  }
  for (const [kind, shape] of PIECES) {
    const found = matchAt(shape, query, at);
    if (found === undefined) continue;
    const [whole, within] = found;
    const text = kind === "string" ? (within ?? "").replaceAll(/\\(.)/g, "$1") : (within ?? whole);
    return { token: { kind, text }, end: at + whole.length };
  }
  throw new QueryError(`The query cannot be read from here on: ${query.slice(at, at + 40)}`);
}

function matchAt(shape: RegExp, text: string, at: number): RegExpExecArray | undefined {
  shape.lastIndex = at;
  return shape.exec(text) ?? undefined;
}

function skip(shape: RegExp, text: string, at: number): number {
  return at + (matchAt(shape, text, at)?.[0].length ?? 0);
}
