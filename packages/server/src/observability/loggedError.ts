import * as v from "valibot";

/**
 * An error as a log may hold it. Errors carry what they failed on: a schema's error the value that did not fit, DynamoDB's the item that
 * was in the way, JSON's a piece of the text. Kept are name, message, place and cause, and the fields that are listed here; the message
 * too is left out of errors that quote values.
 */
export interface LoggedError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly [field: string]: unknown;
}

/** Fields that name a place in our code or in a service, or a size: never what passed through it. */
const KEPT = ["code", "verb", "syscall", "errno", "status", "$fault"];
const KEPT_WITHIN: Readonly<Record<string, readonly string[]>> = {
  details: ["size_bytes", "limit_bytes", "retry_after"],
  $metadata: ["httpStatusCode", "requestId", "attempts"],
};
const MAX_CAUSES = 8;

/** For a logger's JSON: errors become what may be logged of them, all else stays. */
export function withoutContents(_key: string, value: unknown): unknown {
  return value instanceof Error ? loggedError(value) : value;
}

export function loggedError(error: Error, depth = 0): LoggedError {
  const { cause } = error;
  const within = Object.entries(KEPT_WITHIN).map(([name, fields]) => [name, pick(Reflect.get(error, name), fields)] as const);
  return {
    ...pick(error, KEPT),
    ...Object.fromEntries(within.filter(([, fields]) => Object.keys(fields).length > 0)),
    name: error.name,
    message: quotesValues(error) ? "(left out: it quotes the value)" : error.message,
    stack: placesOf(error),
    ...(cause instanceof Error && depth < MAX_CAUSES ? { cause: loggedError(cause, depth + 1) } : {}),
  };
}

function quotesValues(error: Error): boolean {
  return error instanceof v.ValiError || error instanceof SyntaxError;
}

function pick(holder: unknown, names: readonly string[]): Record<string, unknown> {
  if (typeof holder !== "object" || holder === null) return {};
  const fields = names.map((name) => [name, Reflect.get(holder, name)] as const);
  return Object.fromEntries(fields.filter(([, value]) => typeof value === "string" || typeof value === "number"));
}

/** The stack's lines without the message, which stands before them and may have several lines. */
function placesOf(error: Error): string {
  const stack = error.stack ?? "";
  const at = stack.indexOf(error.message);
  const places = at === -1 ? stack : stack.slice(at + error.message.length);
  return places
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .join("\n");
}
