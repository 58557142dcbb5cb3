import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rename, rm, rmdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const TIMEOUT_MS = 120_000;

/** Beside the page: what it was built of. */
export const HASH_FILE = "sources.sha256";

/**
 * Builds the page into `dist`, by Vite. In a process of its own: Vite sets this one's environment to production. Whoever reads `dist` meanwhile
 * sees the old page or the new; of two that build at once, one stays.
 *
 * @throws when Vite is not there, when it cannot build the page (its message says where), and when `signal` aborts.
 */
export async function buildPage(packageDir: string, hash: string, signal: AbortSignal): Promise<void> {
  const vite = createRequire(join(packageDir, "package.json")).resolve("vite/package.json");
  const id = randomUUID();
  const dist = join(packageDir, "dist");
  // In a folder that git does not see, and on the same disk, so that they can be renamed.
  const aside = join(packageDir, "node_modules/.page", id, "dist");
  const old = join(packageDir, "node_modules/.page", id, "old");
  try {
    const args = [join(dirname(vite), "bin/vite.js"), "build", "--outDir", aside, "--emptyOutDir", "--logLevel", "error"];
    const env = { ...process.env, NODE_ENV: "production" };
    await run(process.execPath, args, { cwd: packageDir, env, signal, timeout: TIMEOUT_MS });
    await writeFile(join(aside, HASH_FILE), `${hash}\n`);
    await rename(dist, old).catch(ifMissing);
    await rename(aside, dist).catch(ifThere);
  } finally {
    await rm(dirname(aside), { recursive: true, force: true });
    // Folders that were made for this, unless somebody else uses them.
    for (const dir of ["node_modules/.page", "node_modules"]) await rmdir(join(packageDir, dir)).catch(() => undefined);
  }
}

function ifMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}

/** Somebody else was first: the same page. */
function ifThere(error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
}
