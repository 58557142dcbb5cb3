import page from "../../PROTOCOL.md?raw";

/** PROTOCOL.md as its parts: the page decides, so tests ask it. */
export interface ProtocolDocument {
  readonly text: string;
  /** The text under a heading of the second level, without its own heading. */
  section(title: string): string;
}

export function readProtocolDocument(): ProtocolDocument {
  const sections = new Map(split(page, "## "));
  return {
    text: page,
    section(title) {
      const found = sections.get(title);
      if (found === undefined) throw new Error(`PROTOCOL.md has no section "${title}". It has: ${[...sections.keys()].join(", ")}.`);
      return found;
    },
  };
}

/** The parts of a text that begin with a heading: title and body. */
export function split(text: string, heading: string): readonly (readonly [title: string, body: string])[] {
  return text
    .split(new RegExp(`^${heading}`, "m"))
    .slice(1)
    .map((part) => {
      const [title = "", ...lines] = part.split("\n");
      return [title.trim(), lines.join("\n")] as const;
    });
}

/** What stands in backticks. */
export function codes(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

/** The rows of the first table of a text, without its head: one list of cells each. */
export function tableRows(text: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith("|"));
  const length = lines.slice(start).findIndex((line) => !line.startsWith("|"));
  return lines.slice(start + 2, length === -1 ? lines.length : start + length).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The code blocks of a language; `""` for those that name none. */
export function codeBlocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].filter(([, name]) => name === language).map(([, , code = ""]) => code);
}
