import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Of what a stack keeps: one more whenever an older stack could not work with it. */
export const DATA_VERSION = 1;
const FILE = "version.json";

/** The data directory was made by a newer Streamer. */
export class NewerDataError extends Error {
  override readonly name = "NewerDataError";

  constructor(dataDir: string, version: number) {
    super(
      `The data directory ${dataDir} is of version ${version}, made by a newer Streamer; this one knows ${DATA_VERSION}. Update Streamer ("npm install"), or name another directory with --data-dir. Nothing in it was changed.`,
    );
  }
}

/**
 * Marks a data directory with this version, unless it has one. A directory from before there were versions is of the first.
 *
 * @throws {NewerDataError} when it was made by a newer one.
 */
export async function checkDataVersion(dataDir: string): Promise<void> {
  const path = join(dataDir, FILE);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  const version = text === undefined ? undefined : versionIn(text);
  if (version !== undefined && version > DATA_VERSION) throw new NewerDataError(dataDir, version);
  if (version !== DATA_VERSION) await writeFile(path, `${JSON.stringify({ version: DATA_VERSION })}\n`);
}

/** `undefined` for what is no version: a file that was cut off says nothing of the data. */
function versionIn(text: string): number | undefined {
  try {
    const { version } = JSON.parse(text) as { readonly version?: unknown };
    return typeof version === "number" ? version : undefined;
  } catch {
    return undefined;
  }
}
