const MAX_LINKS = 5;

/** A file that a result offers, by the name in its address, or else by its place in the result. */
export interface FileLink {
  readonly name: string;
  readonly url: string;
}

/** The addresses in a result's first two levels: what one wants of a result with a file is the file. */
export function linksIn(data: unknown): readonly FileLink[] {
  const links: FileLink[] = [];
  const visit = (value: unknown, name: string, depth: number): void => {
    if (links.length >= MAX_LINKS) return;
    if (typeof value === "string" && /^https?:\/\//.test(value) && URL.canParse(value))
      links.push({ name: fileName(value) ?? name, url: value });
    else if (depth < 2 && typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) visit(inner, name === "" ? key : `${name}.${key}`, depth + 1);
    }
  };
  visit(data, "", 0);
  return links;
}

/** The facts of a result beside its files, for one line: numbers, short texts and yes or no of its first level. */
export function factsIn(data: unknown): readonly string[] {
  if (typeof data === "string" || typeof data === "number" || typeof data === "boolean") return [String(data).slice(0, 80)];
  if (typeof data !== "object" || data === null || Array.isArray(data)) return [];
  return Object.entries(data)
    .flatMap(([key, value]) => {
      if (typeof value === "number") return [`${key} ${value.toLocaleString("en")}`];
      if (typeof value === "boolean") return [`${key} ${value ? "yes" : "no"}`];
      if (typeof value === "string" && value.length <= 60 && !/^https?:\/\//.test(value)) return [`${key} ${value}`];
      return [];
    })
    .slice(0, 4);
}

/** The last part of an address's path, when it looks like a file's name. */
function fileName(url: string): string | undefined {
  const last = new URL(url).pathname.split("/").at(-1) ?? "";
  return /^[\w.-]{1,40}\.\w{1,8}$/.test(last) ? last : undefined;
}
