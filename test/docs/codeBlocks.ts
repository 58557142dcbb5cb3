import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

export const ROOT = resolve(import.meta.dirname, "../..");

/** What a source exports that no entry point of its package does. Its type is the caller's to say. */
export async function importSource<Exports>(path: string): Promise<Exports> {
  return (await import(pathToFileURL(join(ROOT, path)).href)) as Exports;
}

/** A fenced block of a page. */
export interface CodeBlock {
  /** The page's path within the repository. */
  readonly page: string;
  /** The line of the page on which its code begins, from 1. */
  readonly line: number;
  /** The first word behind the fence, such as `ts`; empty when there is none. */
  readonly language: string;
  /** `key=value` pairs behind the language: what its check needs to know. The site does not show them. */
  readonly info: Readonly<Record<string, string>>;
  /** Without the indentation of the list that it stands in. */
  readonly code: string;
}

/** Not ours, made by a tool, or (`PROTOCOL.md`) held to its code by tests of its own: protocolDocument.test.ts. */
const NOT_CHECKED = ["**/node_modules/**", "**/dist/**", "**/.vitepress/**", "packages/docs/api/**"];

/** Every page that a reader meets: the site's, the repository's, and those of packages and examples. */
export function pagesWithCode(): readonly string[] {
  const patterns = ["*.md", ".changeset/*.md", "packages/docs/**/*.md", "packages/*/README.md", "packages/*/*/README.md", "stacks/*.md"];
  const templates = "packages/local/templates/**/*.md";
  return [...new Set(globSync([...patterns, templates], { cwd: ROOT, exclude: NOT_CHECKED }))].toSorted();
}

/** The fenced blocks of a page, those in lists too. */
export function codeBlocksOf(page: string, text: string = readFileSync(join(ROOT, page), "utf8")): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { readonly indent: string; readonly fence: string; readonly info: string; readonly line: number } | undefined;
  let lines: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const [, indent = "", fence = "", info = ""] = /^(\s*)(`{3,}|~{3,})([^`]*)$/.exec(line) ?? [];
    if (open === undefined) {
      if (fence === "") continue;
      open = { indent, fence, info: info.trim(), line: index + 2 };
      lines = [];
    } else if (fence === open.fence && info.trim() === "") {
      const { indent: outer, info: words, line: start } = open;
      const code = lines.map((one) => (one.startsWith(outer) ? one.slice(outer.length) : one.trimStart())).join("\n");
      const [language = "", ...pairs] = words.split(/\s+/);
      blocks.push({ page, line: start, language, info: Object.fromEntries(pairs.map(pairOf)), code });
      open = undefined;
    } else lines.push(line);
  }
  if (open !== undefined) throw new Error(`${page}:${open.line - 1}: this block is never closed.`);
  return blocks;
}

/** Where a block is, as editors and terminals link it. */
export function placeOf({ page, line }: CodeBlock, offset = 0): string {
  return `${page}:${line + offset}`;
}

function pairOf(text: string): readonly [string, string] {
  const [key = "", value = ""] = text.split("=");
  return [key, value];
}

/**
 * A file as a page has somebody edit it: the block's first line is there, and the others come behind it.
 *
 * @throws {Error} when the file has no such line.
 */
export function withEdit(text: string, edit: string): string {
  const [first = "", ...more] = edit.split("\n");
  const lines = text.split("\n");
  const at = lines.indexOf(first);
  if (at < 0) throw new Error(`There is no line "${first}" to edit behind.`);
  return [...lines.slice(0, at + 1), ...more, ...lines.slice(at + 1)].join("\n");
}
