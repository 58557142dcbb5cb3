import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { headingSlugs, linksOf } from "./markdown.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** Read by `npm run docs:build`, which writes them; and texts of others. */
const NOT_OURS = ["**/node_modules/**", "**/dist/**", "packages/docs/api/**", "**/.sst/**", "**/.streamer/**", "**/.vitepress/**"];

const pages = globSync(["*.md", ".changeset/*.md", "{packages,stacks,test}/**/*.md"], { cwd: ROOT, exclude: NOT_OURS });

describe("the links of all pages", () => {
  it("there are pages, and links to check", () => {
    expect(pages.length).toBeGreaterThan(50);
    expect(pages).toEqual(expect.arrayContaining(["README.md", "CONTRIBUTING.md", "packages/protocol/PROTOCOL.md"]));
    expect(pages.flatMap((page) => linksOf(read(page))).length).toBeGreaterThan(500);
  });

  it.each(pages)("%s links to files and headings that are there", (page) => {
    expect(linksOf(read(page)).flatMap((link) => problemOf(page, link) ?? [])).toEqual([]);
  });
});

describe("the check", () => {
  const dead = (link: string): string | undefined => problemOf("README.md", link);

  it("passes what is there, here and elsewhere", () => {
    expect(dead("packages/docs/failure.md")).toBeUndefined();
    expect(dead("packages/protocol/PROTOCOL.md#error-codes")).toBeUndefined();
    expect(dead("packages/server")).toBeUndefined();
    expect(dead("https://example.com/not-looked-at")).toBeUndefined();
  });

  it("names a file and a heading that are not there, and a link out of the repository", () => {
    expect(dead("packages/docs/no-such-page.md")).toBe("packages/docs/no-such-page.md: there is no such file");
    expect(dead("packages/protocol/PROTOCOL.md#no-such-heading")).toBe(
      "packages/protocol/PROTOCOL.md#no-such-heading: there is no such heading",
    );
    expect(dead("../elsewhere.md")).toBe("../elsewhere.md: outside the repository");
  });
});

function read(page: string): string {
  return readFileSync(join(ROOT, page), "utf8");
}

function problemOf(page: string, link: string): string | undefined {
  if (/^([a-z]+:|\/\/)/i.test(link)) return undefined;
  const [file = "", anchor] = link.split("#");
  // A link of the site's own pages, such as on its home page, counts from the site's root.
  const target = file.startsWith("/") ? sitePage(file) : file === "" ? join(ROOT, page) : resolve(ROOT, dirname(page), decodeURI(file));
  if (target === undefined) return undefined;
  if (relative(ROOT, target).startsWith("..")) return `${link}: outside the repository`;
  if (!existsSync(target)) return `${link}: there is no such file`;
  if (anchor === undefined || anchor === "" || !target.endsWith(".md") || statSync(target).isDirectory()) return undefined;
  return headingSlugs(withIncluded(target)).has(decodeURIComponent(anchor)) ? undefined : `${link}: there is no such heading`;
}

/** `undefined` for a page that the build of the site writes. */
function sitePage(link: string): string | undefined {
  if (link.startsWith("/api")) return undefined;
  const path = join(ROOT, "packages/docs", link.endsWith("/") ? `${link}index` : link.replace(/\.(html|md)$/, ""));
  return (
    [`${path}.md`, path.replace(/index$/, "README.md"), join(ROOT, "packages/docs/public", link)].find((file) => existsSync(file)) ??
    `${path}.md`
  );
}

/** A page that includes another has its headings. */
function withIncluded(path: string): string {
  const text = readFileSync(path, "utf8");
  return text.replaceAll(/<!--\s*@include:\s*(\S+?)\s*-->/g, (_, file: string) => readFileSync(resolve(dirname(path), file), "utf8"));
}
