/**
 * A JSON value with texts put into places that are named by JSON pointers: the URLs of files in a result. The value itself is changed,
 * unless the pointer is the empty one, which names the whole.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6901
 * @throws {TypeError} when there is no such place.
 */
export function insertTexts(value: unknown, texts: Readonly<Record<string, string>>): unknown {
  let root = value;
  for (const [pointer, text] of Object.entries(texts)) {
    const segments = pointer.split("/").slice(1).map(unescapeSegment);
    const last = segments.pop();
    if (last === undefined) {
      root = text;
      continue;
    }
    const parent = segments.reduce<unknown>((inner, segment) => (inner as Record<string, unknown>)[segment], root);
    (parent as Record<string, unknown>)[last] = text;
  }
  return root;
}

function unescapeSegment(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}
