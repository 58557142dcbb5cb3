import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** One item of a batch each. */
const MAX_FILES = 1_000;

export interface OrderFile {
  readonly file: string;
  readonly text: string;
}

/**
 * The CSV files of a folder, by their names.
 *
 * @throws {Error} when there is no such folder, there are none in it, or too many for a batch.
 */
export async function readOrderFiles(folder: string): Promise<readonly OrderFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".csv")).toSorted();
  if (names.length === 0 || names.length > MAX_FILES)
    throw new Error(`${folder} has ${names.length} CSV files. Name a folder with 1 to ${MAX_FILES}.`);
  return Promise.all(names.map(async (file) => ({ file, text: await readFile(join(folder, file), "utf8") })));
}
