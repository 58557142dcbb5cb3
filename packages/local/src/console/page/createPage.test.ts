import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createPage } from "./createPage.ts";
import type { LoadedPage, Page } from "./createPage.ts";

const NODE_MODULES = resolve(import.meta.dirname, "../../../../../node_modules");
let dir: string;
let page: Page;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "streamer-page-"));
  await writeFile(join(dir, "package.json"), '{ "name": "a-page", "type": "module" }');
  page = createPage({ packageDir: dir });
});
afterEach(async () => {
  await page.close();
  await rm(dir, { recursive: true, force: true });
});

/** A page with sources, and Vite to build it. */
async function writeSources(script: string): Promise<void> {
  await mkdir(join(dir, "src"), { recursive: true });
  await mkdir(join(dir, "node_modules"), { recursive: true });
  await symlink(join(NODE_MODULES, "vite"), join(dir, "node_modules/vite")).catch(() => undefined);
  await writeFile(join(dir, "index.html"), '<title>x</title><script type="module" src="./src/main.js"></script>');
  await writeFile(join(dir, "src/main.js"), script);
}

function scriptOf(loaded: LoadedPage): string {
  if (!("files" in loaded)) throw new Error(loaded.missing);
  const names = [...loaded.files.keys()].filter((name) => name.endsWith(".js"));
  return names.map((name) => loaded.files.get(name)?.body.toString() ?? "").join("");
}

test("a page whose sources are newer is built, once, and again when they change", { timeout: 60_000 }, async () => {
  await writeSources('console.log("one");');
  const [first, second] = await Promise.all([page.load(), page.load()]);
  expect(second).toBe(first);
  expect(scriptOf(first)).toContain("one");
  const hash = await readFile(join(dir, "dist/sources.sha256"), "utf8");

  // What is built of these sources is taken as it is, by a later run too.
  await writeFile(join(dir, "dist/index.html"), "as it was");
  const later = createPage({ packageDir: dir });
  const taken = await later.load();
  expect("files" in taken && taken.files.get("index.html")?.body.toString()).toBe("as it was");
  expect(await readFile(join(dir, "dist/sources.sha256"), "utf8")).toBe(hash);

  await writeFile(join(dir, "src/main.js"), 'console.log("two");');
  expect(scriptOf(await later.load())).toContain("two");
  await later.close();
});

test("sources that cannot be built are told with what Vite says, and no page takes their place", { timeout: 60_000 }, async () => {
  await writeSources("const = broken;");
  const loaded = await page.load();
  expect(loaded).toEqual({ missing: expect.stringMatching(/could not be built\. Mend it.*main\.js/s) as string });
});

test("an installed page has no sources and needs no Vite", async () => {
  for (const folder of ["dist/assets", "src"]) await mkdir(join(dir, folder), { recursive: true });
  await writeFile(join(dir, "dist/index.html"), "the page");
  await writeFile(join(dir, "dist/assets/index-1.js"), "1");
  // Its types, for the package that serves it.
  await writeFile(join(dir, "src/contract.ts"), "export {};");
  const loaded = await page.load();
  expect("files" in loaded && [...loaded.files.keys()]).toEqual(["assets/index-1.js", "index.html"]);
});

test("neither sources nor a built page: a sentence says what to do", async () => {
  expect(await page.load()).toEqual({ missing: expect.stringContaining('Install @streamer/console again: "npm install"') as string });
  expect(await page.file("assets/index-1.js")).toBeUndefined();
});
