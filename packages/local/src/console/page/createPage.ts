import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { buildPage, HASH_FILE } from "./buildPage.ts";
import { readPageFiles } from "./pageFiles.ts";
import type { PageFile, PageFiles } from "./pageFiles.ts";
import { hashOfSources } from "./sourcesHash.ts";

/** The page's files, or in a sentence why there are none. */
export type LoadedPage = { readonly files: PageFiles } | { readonly missing: string };

/** The console's page: built when its sources are newer than it, and as it is where there are no sources. */
export interface Page {
  /** As it is to be now. Waits for a build, of which there is one at a time. */
  load(): Promise<LoadedPage>;
  /** One file as last loaded, and as it is to be when none was. */
  file(name: string): Promise<PageFile | undefined>;
  /** Ends a build that is under way. */
  close(): Promise<void>;
}

export interface PageOptions {
  /** Folder of the page's package. Default: that of `@streamer/console`. */
  readonly packageDir?: string;
}

export function createPage({ packageDir = pagePackage() }: PageOptions = {}): Page {
  const dist = join(packageDir, "dist");
  const closing = new AbortController();
  let loading: Promise<LoadedPage> | undefined;
  let loaded: { readonly hash: string | undefined; readonly files: PageFiles } | undefined;

  const loadNow = async (): Promise<LoadedPage> => {
    const hash = await hashOfSources(packageDir);
    if (loaded !== undefined && loaded.hash === hash) return loaded;
    if (hash !== undefined && (await builtOf(dist)) !== hash) {
      try {
        await buildPage(packageDir, hash, closing.signal);
      } catch (error) {
        return {
          missing: `The page could not be built. Mend it, or run "npm install" if something is not installed.\n\n${reasonOf(error)}`,
        };
      }
    }
    const files = await readPageFiles(dist);
    if (files === undefined) {
      return { missing: `There is no page in ${dist}. Install @streamer/console again: "npm install".` };
    }
    loaded = { hash, files };
    return loaded;
  };
  const load = (): Promise<LoadedPage> => (loading ??= loadNow().finally(() => (loading = undefined)));

  return {
    load,
    async file(name) {
      if (loaded !== undefined) return loaded.files.get(name);
      const page = await load();
      return "files" in page ? page.files.get(name) : undefined;
    },
    async close() {
      closing.abort();
      await loading?.catch(() => undefined);
    },
  };
}

function pagePackage(): string {
  return dirname(createRequire(import.meta.url).resolve("@streamer/console/package.json"));
}

async function builtOf(dist: string): Promise<string | undefined> {
  const text = await readFile(join(dist, HASH_FILE), "utf8").catch(() => undefined);
  return text?.trim();
}

/** Of a command that failed, what it wrote. */
function reasonOf(error: unknown): string {
  const { stderr } = error as { readonly stderr?: unknown };
  if (typeof stderr === "string" && stderr.trim() !== "") return stderr.trim();
  return error instanceof Error ? error.message : String(error);
}
