import type { ConsoleError } from "../contract.ts";

/** A call of the console API that failed. Its message is a sentence for a person, and says what to do. */
export class ConsoleCallError extends Error {
  override readonly name = "ConsoleCallError";
  /** The API's code; `UNREACHABLE` when there was no answer. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** @param status undefined when there was no answer; `body` is then what went wrong. */
export function consoleCallError(status: number | undefined, body: unknown): ConsoleCallError {
  if (status === undefined) {
    return new ConsoleCallError("UNREACHABLE", 'The local stack does not answer. Is "streamer dev" still running?', { cause: body });
  }
  if (status === 401 || status === 403) {
    return new ConsoleCallError("FORBIDDEN", 'This page belongs to another run of "streamer dev". Reload it.');
  }
  if (isConsoleError(body)) return new ConsoleCallError(body.error.code, body.error.message);
  return new ConsoleCallError("UNEXPECTED", `The local stack answered ${status}. Its terminal may say more.`);
}

function isConsoleError(body: unknown): body is ConsoleError {
  const { error } = (body ?? {}) as { readonly error?: { readonly code?: unknown; readonly message?: unknown } };
  return typeof error?.code === "string" && typeof error.message === "string";
}

/** What to show of anything that was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error && error.message !== "" ? error.message : "Something went wrong.";
}
