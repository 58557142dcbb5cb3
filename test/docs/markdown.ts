import { githubSlug } from "../../packages/docs/.vitepress/slugs.ts";

/** What stands between fences or backticks is code, and no link and no heading of the page. */
function withoutFences(text: string): string {
  return text.replaceAll(/^( *)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1\2`*~*$/gm, "");
}

/** Where the page's links and pictures lead, as they are written. */
export function linksOf(text: string): readonly string[] {
  const prose = withoutFences(text).replaceAll(/`[^`\n]*`/g, "code");
  const inline = [...prose.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)].map(([, link = ""]) => link);
  const named = [...prose.matchAll(/^\[[^\]]+\]:\s+(\S+)/gm)].map(([, link = ""]) => link);
  const html = [...prose.matchAll(/\b(?:href|src)="([^"]+)"/g)].map(([, link = ""]) => link);
  return [...inline, ...named, ...html];
}

/** The anchors of a page's headings, as GitHub makes them, and the site too. */
export function headingSlugs(text: string): ReadonlySet<string> {
  const headings = [...withoutFences(text).matchAll(/^#{1,6} +(.+?)\s*#*$/gm)].map(([, heading = ""]) => plain(heading));
  return new Set(numbered(headings.map((heading) => githubSlug(heading))));
}

/** As it is read: without marks of code, emphasis and links. */
function plain(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/[`*]/g, "")
    .trim();
}

/** Headings of the same words are told apart by numbers. */
function numbered(slugs: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return slugs.map((slug) => {
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}
