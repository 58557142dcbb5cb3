import { mkdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Where the bundles of reloads go: a folder for each reload, as a bundle that a sandbox is starting from must not change. */
export interface CodeFiles {
  /** A new folder. */
  next(): Promise<string>;
  /** The bundle is not started from any more. It goes when the next of its function does: something may be loading it right now. */
  retire(path: string): Promise<void>;
  /** Removes all of them. */
  clear(): Promise<void>;
}

export function createCodeFiles(dir: string): CodeFiles {
  const retired = new Map<string, string>();
  const folders = new Set<string>();
  return {
    async next() {
      const folder = join(dir, String(folders.size + 1));
      folders.add(folder);
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      return folder;
    },
    async retire(path) {
      // Those of the start are not ours.
      if (!folders.has(dirname(path))) return;
      const last = retired.get(basename(path));
      retired.set(basename(path), path);
      if (last !== undefined) await Promise.all([last, `${last}.map`].map((file) => rm(file, { force: true })));
    },
    async clear() {
      await Promise.all([...folders].map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}

/** Whether two bundles are the same code, source maps included: they tell where an error was. */
export async function isSameCode(path: string, other: string): Promise<boolean> {
  const contentsOf = async (bundle: string): Promise<readonly Buffer[]> => Promise.all([readFile(bundle), readFile(`${bundle}.map`)]);
  const [own, others] = await Promise.all([contentsOf(path), contentsOf(other)]);
  return own.every((content, index) => others[index]?.equals(content) === true);
}
