import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { MarkdownRenderer } from "vitepress";

export interface SourceLinksOptions {
  /** The repository's folder. */
  readonly root: string;
  /** The site's folder. */
  readonly docs: string;
  /** Where the site is served, such as `/` or `/streamer/`. */
  readonly base: string;
  /** Where people read the repository, such as `https://code.example.com/streamer`; without one the site names files and links to none. */
  readonly repositoryUrl: string | undefined;
  /** Pages that the site has of files that stand elsewhere: the file, from the root, and its page. */
  readonly included: Readonly<Record<string, string>>;
}

type Tokens = Parameters<Parameters<MarkdownRenderer["core"]["ruler"]["push"]>[1]>[0]["tokens"];

/**
 * Pages link to sources beside the site, which a code host follows and the site has no page for. Here such a link becomes one to the code host
 * or, when none is known, the file's path. What leads nowhere at all stays as it is: VitePress then fails the build.
 */
export function sourceLinks(md: MarkdownRenderer, options: SourceLinksOptions): void {
  // When all tokens are there, and before VitePress, whose turn is while they are rendered, looks at the links.
  md.core.ruler.push("source-links", ({ tokens, env }) => {
    const { path } = env as { readonly path?: string };
    // A heading that is rendered alone, for a title.
    if (path === undefined) return;
    const place = createPlace(path, options);
    for (const token of tokens) {
      if (token.type === "html_block") token.content = withPublicFiles(token.content, place, options.base);
      const inline = token.children ?? [];
      for (const [index, child] of inline.entries()) {
        if (child.type === "html_inline") child.content = withPublicFiles(child.content, place, options.base);
        if (child.type === "image") child.attrSet("src", place.publicFile(child.attrGet("src") ?? "") ?? child.attrGet("src") ?? "");
        const href = child.type === "link_open" ? child.attrGet("href") : null;
        if (href === null || /^([a-z]+:|[#/])/.test(href)) continue;
        const found = place.find(href);
        if (found === undefined) continue;
        if ("href" in found) child.attrSet("href", found.href);
        else nameOnly(inline, index, found.source);
      }
    }
  });
}

interface Place {
  /** Of a file that is served as it is: its address from the site's root. */
  publicFile(link: string): string | undefined;
  /** Where a link leads on the site, or the file that it has no page for. `undefined` when it leads nowhere. */
  find(link: string): { readonly href: string } | { readonly source: string } | undefined;
}

/** Where a page's links count from. A page that includes a file has the file's links, which count from where that stands. */
function createPlace(path: string, { root, docs, repositoryUrl, included }: SourceLinksOptions): Place {
  const page = relative(docs, path).split(sep).join("/");
  const original = Object.entries(included).find(([, own]) => own === page)?.[0];
  const from = dirname(original === undefined ? path : join(root, original));
  const publicFile = (link: string): string | undefined => {
    if (link === "" || /^([a-z]+:|[#/])/.test(link)) return undefined;
    const target = [resolve(from, link), resolve(docs, "public", link)].find(
      (file) => existsSync(file) && file.startsWith(join(docs, "public")),
    );
    return target === undefined ? undefined : `/${relative(join(docs, "public"), target).split(sep).join("/")}`;
  };
  return {
    publicFile,
    find(link) {
      const served = publicFile(link);
      if (served !== undefined) return { href: served };
      const [file = "", anchor] = link.split("#");
      const hash = anchor === undefined ? "" : `#${anchor}`;
      const target = resolve(from, decodeURI(file));
      const inRoot = relative(root, target).split(sep).join("/");
      const own = included[inRoot] ?? (target.startsWith(docs + sep) && target.endsWith(".md") ? relative(docs, target) : undefined);
      if (own !== undefined) return { href: `/${own.split(sep).join("/")}${hash}` };
      if (inRoot.startsWith("..") || !existsSync(target)) return undefined;
      return repositoryUrl === undefined ? { source: inRoot } : { href: `${repositoryUrl}/blob/main/${inRoot}${hash}` };
    },
  };
}

/** Videos and pictures in HTML: markdown has no words for a video. */
function withPublicFiles(html: string, place: Place, base: string): string {
  return html.replaceAll(/\b(src|srcset|poster|href)="([^"]+)"/g, (whole, name: string, link: string) => {
    const served = place.publicFile(link) ?? (link.startsWith("/") ? link : undefined);
    return served === undefined ? whole : `${name}="${base}${served.slice(1)}"`;
  });
}

/** The link's text stays, with the file's path to be read when it is pointed at. */
function nameOnly(inline: Tokens, open: number, path: string): void {
  const close = inline.findIndex((token, index) => index > open && token.type === "link_close");
  const [start, end] = [inline[open], inline[close]];
  if (start === undefined || end === undefined) return;
  Object.assign(start, { type: "source_open", tag: "span" });
  Object.assign(end, { type: "source_close", tag: "span" });
  start.attrs = [
    ["class", "source"],
    ["title", path],
  ];
}
