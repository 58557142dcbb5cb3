import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

const DOCS = resolve(import.meta.dirname, "../../packages/docs");
export const RUNBOOKS = join(DOCS, "runbooks");

export interface Page {
  /** Of a runbook: its slug. */
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

export function readPage(path: string): Page {
  return { name: basename(path, ".md"), path, text: readFileSync(path, "utf8") };
}

export function runbooks(): readonly Page[] {
  const files = readdirSync(RUNBOOKS).filter((file) => file.endsWith(".md") && file !== "README.md");
  return files.map((file) => readPage(join(RUNBOOKS, file)));
}

/** All that operators read: the runbooks, their index, and the pages above them. */
export function operatorPages(): readonly Page[] {
  return [
    ...runbooks(),
    ...[join(RUNBOOKS, "README.md"), join(DOCS, "operations.md"), join(DOCS, "first-month.md")].map((path) => readPage(path)),
  ];
}

/** What stands in backticks behind a word, such as the names in "query `request`". */
export function named(word: string, { text }: Page): readonly string[] {
  return [...text.matchAll(new RegExp(`\\b${word}\\s+\`([^\`]+)\``, "gi"))].map(([, name = ""]) => name);
}

export function sections({ text }: Page): readonly string[] {
  return [...text.matchAll(/^## (.+)$/gm)].map(([, title = ""]) => title);
}

/** The cells of each row of a table, by the heads of its columns; of the first table with these heads. */
export function tableWith({ text }: Page, heads: readonly string[]): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const start = lines.indexOf(`| ${heads.join(" | ")} |`);
  if (start < 0) return [];
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end < 0 ? rows.length : end).map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

/** Each `streamer …` that a page has somebody type: the command's words, and its options. */
export function streamerCommands({ text }: Page): readonly { readonly command: string; readonly options: readonly string[] }[] {
  return [...text.matchAll(/\bstreamer ((?:dev|doctor|token|requests|connections|table|submit|watch|asyncapi|init)\b[^`\n]*)/g)].map(
    ([, line = ""]) => {
      const words = line.trim().split(/\s+/);
      const options = words.filter((word) => word.startsWith("--")).map((word) => word.replace(/[=).,;].*$/, ""));
      const length = ["requests", "connections", "table"].includes(words[0] ?? "") ? 2 : 1;
      return { command: words.slice(0, length).join(" "), options };
    },
  );
}

/** Links to files of the repository that lead nowhere: the file is not there, or has no such heading. */
export function deadLinks({ path, text }: Page): readonly string[] {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link).filter((link) => !/^[a-z]+:/.test(link));
  return links.filter((link) => {
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? path : resolve(dirname(path), file);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchors(readFileSync(target, "utf8")).has(anchor);
  });
}

/** As GitHub makes them of headings. */
function anchors(text: string): ReadonlySet<string> {
  const slug = (heading: string): string =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .trim()
      .replaceAll(" ", "-");
  return new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => slug(heading)));
}
