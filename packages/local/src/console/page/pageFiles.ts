import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";

export interface PageFile {
  readonly body: Buffer;
  readonly type: string;
}

/** The page as it was built: by its path, such as `index.html` and `assets/index-1a2b.js`. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".json": "application/json",
};

/**
 * All of a built page, in memory: it is small, and a build that goes on meanwhile takes nothing away. A path that is asked for is looked up here
 * and never on the disk. `undefined`: there is no page in the folder.
 */
export async function readPageFiles(dir: string): Promise<PageFiles | undefined> {
  const names = await listFiles(dir);
  if (!names.includes("index.html")) return undefined;
  const known = names.filter((name) => extname(name) in TYPES);
  return new Map(
    await Promise.all(
      known.map(async (name) => [name, { body: await readFile(join(dir, name)), type: TYPES[extname(name)] ?? "" }] as const),
    ),
  );
}

/** Paths of all files below a folder, with slashes; none when it is not there. */
export async function listFiles(dir: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(dir.length + 1)
          .replaceAll("\\", "/"),
      )
      .toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
