import { ValidationError } from "./errors.ts";
import { isNestedDeeper } from "./jsonNesting.ts";
import { MAX_MESSAGE_NESTING } from "./limits.ts";

/**
 * Reads a payload that was uploaded. It is held to what holds for a payload in a message: JSON, and nested no deeper.
 *
 * @throws {ValidationError} whose `details.issues` say what is wrong; what was uploaded is not quoted.
 */
export function parseUploadedPayload(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  // In a message the payload stands one level deep.
  if (isNestedDeeper(text, MAX_MESSAGE_NESTING - 1)) throw notAPayload(`is nested deeper than ${MAX_MESSAGE_NESTING - 1} levels`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's error quotes the text.
    throw notAPayload("is not JSON");
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw notAPayload("is not UTF-8");
  }
}

function notAPayload(problem: string): ValidationError {
  return new ValidationError({ details: { issues: [{ path: "", message: `The uploaded payload ${problem}.` }] } });
}
