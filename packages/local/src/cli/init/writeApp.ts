import { cp, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { CommandError, EXIT } from "../failure.ts";

/** Beside `src` in a checkout, and beside `dist` in an installed package. */
const TEMPLATE_URL = new URL("../../../templates/app/", import.meta.url);
const MANIFEST_URL = new URL("../../../package.json", import.meta.url);
/** What the template calls itself. */
const TEMPLATE_NAME = "streamer-app";
const NAMED_FILES = ["package.json", "README.md", "index.html", "sst.config.ts"];
/** What lies in the template of a checkout when somebody has tried it there. */
const LEFT_OUT = new Set(["node_modules", "dist", ".streamer", ".sst"]);
/** What may be in the folder already: somebody made the repository first. */
const WELCOME = new Set([".git"]);

/**
 * Writes a new app.
 *
 * @param dir made when it is not there.
 * @throws {CommandError} when there is something in it already; nothing is written then.
 */
export async function writeApp(dir: string, name: string): Promise<void> {
  await checkEmpty(dir);
  await mkdir(dir, { recursive: true });
  await cp(TEMPLATE_URL, dir, { recursive: true, filter: (source) => !LEFT_OUT.has(basename(source)) });
  // npm leaves a .gitignore out of the packages it packs.
  await rename(join(dir, "_gitignore"), join(dir, ".gitignore"));
  const { version } = JSON.parse(await readFile(MANIFEST_URL, "utf8")) as { readonly version: string };
  for (const file of NAMED_FILES) {
    const path = join(dir, file);
    const text = (await readFile(path, "utf8")).replaceAll(TEMPLATE_NAME, name);
    await writeFile(path, file === "package.json" ? withVersion(text, version) : text);
  }
}

/** The packages of Streamer are of one version: the one that runs here. */
function withVersion(manifest: string, version: string): string {
  return manifest.replaceAll(/("@streamer\/[a-z]+": )"[^"]*"/g, `$1"${version}"`);
}

async function checkEmpty(dir: string): Promise<void> {
  const there = await entriesOf(dir);
  const first = there.find((entry) => !WELCOME.has(entry));
  if (first !== undefined)
    throw new CommandError(EXIT.usage, `${dir} is not empty: ${first} is there. Name a folder that is empty or not there yet.`);
}

async function entriesOf(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    if (code === "ENOTDIR") throw new CommandError(EXIT.usage, `${dir} is a file. Name a folder that is empty or not there yet.`);
    throw error;
  }
}
