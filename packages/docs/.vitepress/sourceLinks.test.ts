import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import MarkdownIt from "markdown-it";
import type { MarkdownRenderer } from "vitepress";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sourceLinks } from "./sourceLinks.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "streamer-docs-"));
  await mkdir(join(root, "docs/public/films"), { recursive: true });
  await mkdir(join(root, "wire"));
  for (const file of ["docs/a.md", "docs/wire.md", "docs/public/films/one.webm", "wire/WIRE.md", "wire/codec.ts"])
    await writeFile(join(root, file), "");
});
afterAll(() => rm(root, { recursive: true }));

/** The page `docs/<page>` as the rule leaves it to VitePress. */
function render(
  text: string,
  { page = "a.md", repositoryUrl, base = "/" }: { page?: string; repositoryUrl?: string; base?: string } = {},
): string {
  const md = new MarkdownIt({ html: true });
  const options = { root, docs: join(root, "docs"), base, repositoryUrl, included: { "wire/WIRE.md": "wire.md" } };
  // VitePress's own renderer is one of these, with more rules.
  sourceLinks(md as unknown as MarkdownRenderer, options);
  return md.render(text, { path: join(root, "docs", page) }).trim();
}

it("a source beside the site is named and not linked, where no code host is known", () => {
  expect(render("[codec](../wire/codec.ts#L3)")).toBe('<p><span class="source" title="wire/codec.ts">codec</span></p>');
});

it("a source is linked at the code host", () => {
  expect(render("[codec](../wire/codec.ts#L3)", { repositoryUrl: "https://code.example.com/s" })).toBe(
    '<p><a href="https://code.example.com/s/blob/main/wire/codec.ts#L3">codec</a></p>',
  );
});

it("a file that is a page of the site leads to that page, and its own links count from where it stands", () => {
  expect(render("[wire](../wire/WIRE.md#frames)")).toBe('<p><a href="/wire.md#frames">wire</a></p>');
  expect(render("[codec](codec.ts)", { page: "wire.md" })).toBe('<p><span class="source" title="wire/codec.ts">codec</span></p>');
});

it("what is nowhere, elsewhere or on the page itself stays as it is, for VitePress to judge", () => {
  for (const link of ["../wire/none.ts", "https://example.com/a.md", "#frames", "../../outside.md"])
    expect(render(`[x](${link})`)).toBe(`<p><a href="${link}">x</a></p>`);
});

it("files that are served as they are have their address from the site's root, in HTML too", () => {
  expect(render("[film](public/films/one.webm)")).toBe('<p><a href="/films/one.webm">film</a></p>');
  expect(render('<video src="/films/one.webm"></video>', { base: "/s/" })).toContain('src="/s/films/one.webm"');
});
