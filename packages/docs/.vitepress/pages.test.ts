import { globSync } from "node:fs";
import type { DefaultTheme } from "vitepress";
import { expect, it } from "vitest";
import { DOCS, sidebar } from "./pages.ts";

/** Written by the build, for the place or for the package. */
const NO_PAGES = ["api/**", "node_modules/**", "README.md", "index.md"];

function linksOf(items: readonly DefaultTheme.SidebarItem[]): readonly string[] {
  return items.flatMap(({ link, items: inner = [] }) => [...(link === undefined ? [] : [link]), ...linksOf(inner)]);
}

it("each page of the site stands in the sidebar, and each of its links is a page", () => {
  const pages = globSync("**/*.md", { cwd: DOCS, exclude: NO_PAGES }).map((file) => `/${file.replace(/(README)?\.md$/, "")}`);
  const linked = new Set(linksOf(sidebar()));
  // TypeDoc writes the pages of the API.
  linked.delete("/api/");
  expect([...linked].toSorted()).toEqual(pages.toSorted());
});

it("decisions are named by their headings", () => {
  const about = sidebar().find(({ text }) => text === "About")?.items ?? [];
  const decisions = about.find(({ text }) => text === "Decisions")?.items ?? [];
  expect(decisions.length).toBeGreaterThan(20);
  expect(decisions.every(({ text = "", link = "" }) => text !== "" && link.startsWith("/decisions/"))).toBe(true);
});
