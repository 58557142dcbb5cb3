/**
 * The nesting of JSON, told from its text: brackets outside of strings. Works on text that is no JSON too, and then says something
 * useless but harmless; whether it is JSON is the parser's to say.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Calls `visit` at each bracket outside of a string with the depth it opens or closes, 1 being the outermost. `false` ends it. */
function walkBrackets(text: string, visit: (depth: number, index: number, opens: boolean) => boolean): void {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === BACKSLASH) index += 1;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) {
      inString = true;
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (!visit(depth, index, true)) return;
    } else if (code === 0x7d || code === 0x5d) {
      if (!visit(depth, index, false)) return;
      depth -= 1;
    }
  }
}

/** Whether arrays and objects stand in each other more than `limit` deep; the outermost is the first. Ends at the first that is too deep. */
export function isNestedDeeper(text: string, limit: number): boolean {
  let deeper = false;
  walkBrackets(text, (depth) => {
    deeper = depth > limit;
    return !deeper;
  });
  return deeper;
}

/** The text of an object without what is in it: each array and object that it holds is `null`. */
export function withoutInner(text: string): string {
  let outer = "";
  let from = 0;
  walkBrackets(text, (depth, index, opens) => {
    if (depth !== 2) return true;
    if (opens) outer += `${text.slice(from, index)}null`;
    from = index + 1;
    return true;
  });
  return outer + text.slice(from);
}
