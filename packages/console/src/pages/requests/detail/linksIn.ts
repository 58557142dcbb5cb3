/** Buttons in a row: more than these are found in the JSON below. */
const MAX_LINKS = 6;
const MAX_DEPTH = 4;

export interface ResultLink {
  /** The field that it stands in, such as `url` or `files.0`. */
  readonly name: string;
  readonly url: string;
}

/** The addresses of files in a result: texts that are http addresses as a whole. */
export function linksIn(result: unknown): readonly ResultLink[] {
  const links: ResultLink[] = [];
  collect(result, [], links);
  return links;
}

function collect(value: unknown, path: readonly string[], links: ResultLink[]): void {
  if (links.length >= MAX_LINKS || path.length > MAX_DEPTH) return;
  if (typeof value === "string") {
    if (/^https?:\/\/\S+$/.test(value)) links.push({ name: path.length === 0 ? "the file" : path.join("."), url: value });
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) collect(inner, [...path, key], links);
}
