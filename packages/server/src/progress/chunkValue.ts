import type { Action } from "@streamer/protocol";
import { TerminalError } from "../retry/terminalError.ts";

/**
 * An emitted value as JSON text, as the action's `chunk` schema gives it. At once, so that values keep their order and may be changed by the
 * handler afterwards.
 *
 * @throws {TerminalError} when it does not fit the schema, or is no JSON.
 */
export function chunkText(action: Action, value: unknown): string {
  const text = jsonText(action, parsed(action, value));
  if (text === undefined)
    throw new TerminalError(`"${action.name}" emitted ${typeof value}, which JSON has no text for. Emit null instead.`);
  return text;
}

function parsed({ name, chunk }: Action, value: unknown): unknown {
  if (chunk === undefined) return value;
  const result = chunk["~standard"].validate(value);
  if (result instanceof Promise) {
    throw new TerminalError(
      `The chunk schema of "${name}" validates with a promise, and emitted values would lose their order. Use one that does not.`,
    );
  }
  if (result.issues === undefined) return result.value;
  const cause = new AggregateError(result.issues.map(({ message }) => new Error(message)));
  throw new TerminalError(`A value that "${name}" emitted does not fit its chunk schema.`, { cause });
}

function jsonText({ name }: Action, value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new TerminalError(`A value that "${name}" emitted cannot be written as JSON.`, { cause });
  }
}
