import { invalidInput } from "../rows.ts";

/** One element of the array, as its text. */
export interface JsonElement {
  readonly text: string;
  /** Line on which it begins, from 1. */
  readonly line: number;
  /** Characters of the whole text up to its end. */
  readonly end: number;
}

/**
 * The elements of a JSON array one by one, so that the whole is never parsed at once and one bad element costs no other. Looks only at
 * brackets, commas and strings; whether an element is JSON is for its parser to say.
 *
 * @throws {ValidationError} naming the line, when the text is no array, or when brackets or quotation marks do not pair.
 */
export function* jsonElements(text: string): Generator<JsonElement> {
  const structure = /["{}[\],\n]/g;
  const opening = text.search(/[^\s\uFEFF]/);
  let line = 1 + newlines(text.slice(0, Math.max(0, opening)));
  if (opening === -1 || text[opening] !== "[") throw refuse(line, "the text is no JSON array. It must begin with [");
  let depth = 0;
  let from = opening + 1;
  let fromLine = line;
  let commas = 0;
  structure.lastIndex = from;
  const element = (to: number): JsonElement => {
    const slice = text.slice(from, to);
    const space = slice.length - slice.trimStart().length;
    return { text: slice.slice(space), line: fromLine + newlines(slice.slice(0, space)), end: to };
  };
  for (let found = structure.exec(text); found !== null; found = structure.exec(text)) {
    const at = found.index;
    switch (found[0]) {
      case "\n":
        line += 1;
        break;
      case '"':
        structure.lastIndex = endOfString(text, at, line);
        break;
      case "{":
      case "[":
        depth += 1;
        break;
      case ",":
        if (depth > 0) break;
        yield element(at);
        commas += 1;
        from = at + 1;
        fromLine = line;
        break;
      case "]":
        if (depth === 0) {
          const last = element(at);
          if (last.text.trim() !== "" || commas > 0) yield last;
          if (text.slice(at + 1).trim() !== "") throw refuse(line, "something stands after the end of the array");
          return;
        }
        depth -= 1;
        break;
      default:
        if (depth === 0) throw refuse(line, "a bracket is closed that was not opened");
        depth -= 1;
    }
  }
  throw refuse(element(text.length).line, "the array is not closed, or a bracket of the value that begins here is not");
}

/** The index after the string that begins at `at`. */
function endOfString(text: string, at: number, line: number): number {
  const mark = /["\\]/g;
  mark.lastIndex = at + 1;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    if (found[0] === '"') return found.index + 1;
    mark.lastIndex = found.index + 2;
  }
  throw refuse(line, "a quotation mark is opened and never closed");
}

function newlines(text: string): number {
  return text.split("\n").length - 1;
}

function refuse(line: number, problem: string): Error {
  return invalidInput("data", `line ${line}: ${problem}`);
}
