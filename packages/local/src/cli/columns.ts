/** Rows under their heads, each column as wide as its longest text. What cannot be seen is written out, so that it can do nothing. */
export function columns(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = [heads, ...rows.map((row) => row.map(printable))];
  const widths = heads.map((_, column) => Math.max(...table.map((line) => (line[column] ?? "").length)));
  return table
    .map(
      (line) =>
        `${line
          .map((text, column) => text.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** One line for each of what is known of a thing, by its names in JSON. */
export function lines(json: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(json).map(
    ([name, value]) => [name.replaceAll("_", " "), Array.isArray(value) ? value.join(", ") : String(value)] as const,
  );
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${`${name.padEnd(width)}  ${printable(value)}`.trimEnd()}\n`).join("");
}

/** Names and user agents are others' text: an escape sequence in one must not reach the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
