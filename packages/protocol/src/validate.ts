import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Action } from "./action.ts";
import { ValidationError } from "./errors.ts";

/** Where a value does not fit, in words for the sender. */
export interface ValidationIssue {
  /** Dot path from the root of the value; empty for the value itself. */
  readonly path: string;
  readonly message: string;
}

/** Issues beyond these are not listed, and longer texts are cut: an error must fit into a message, whatever keys a payload has. */
const MAX_ISSUES = 20;
const MAX_ISSUE_CHARS = 256;

/**
 * Parses a value by any Standard Schema.
 *
 * @throws {ValidationError} with `details.issues`, at most 20 of them.
 */
export async function parse<Schema extends StandardSchemaV1>(
  schema: Schema,
  value: unknown,
): Promise<StandardSchemaV1.InferOutput<Schema>> {
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return result.value;
  throw new ValidationError({ details: { issues: result.issues.slice(0, MAX_ISSUES).map(toIssue) } });
}

/**
 * Parses what an action's work returned. What does not fit the action's own schema is a defect of the work: no `ValidationError` leaves
 * here, as the client must not be told of a payload it did not send.
 *
 * @throws {Error} naming the action, with the issues as its cause.
 */
export async function parseOutput(action: Action, output: unknown): Promise<unknown> {
  try {
    return await parse(action.output, output);
  } catch (cause) {
    throw new Error(`The result of "${action.name}" does not fit its output schema.`, { cause });
  }
}

function toIssue(issue: StandardSchemaV1.Issue): ValidationIssue {
  const keys = (issue.path ?? []).map((segment) => String(typeof segment === "object" ? segment.key : segment));
  return { path: keys.join(".").slice(0, MAX_ISSUE_CHARS), message: issue.message.slice(0, MAX_ISSUE_CHARS) };
}
