import { createHash } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { listFiles } from "./pageFiles.ts";

/** What is built begins with it. An installed package has it in its `dist` only, with types for others beside that. */
const ENTRY = "index.html";
/** Of the page's own folder. */
const OWN = [ENTRY, "package.json", "vite.config.ts"];

/**
 * SHA-256, in hex, of all that the page is built of: its own sources, and those of the workspaces beside it that it bundles. `undefined`: there
 * are no sources, as in an installed package.
 */
export async function hashOfSources(packageDir: string): Promise<string | undefined> {
  const isInstalled = await access(join(packageDir, ENTRY)).then(
    () => false,
    () => true,
  );
  if (isInstalled) return undefined;
  const files = await Promise.all(
    ["src", "../client/src", "../protocol/src", "../react/src"].map(async (dir) =>
      (await listFiles(join(packageDir, dir)))
        .filter((name) => !/\.test\.tsx?$|(^|\/)testing\//.test(name))
        .map((name) => `${dir}/${name}`),
    ),
  );
  const hash = createHash("sha256");
  for (const name of [...OWN, ...files.flat()]) {
    const body = await readFile(join(packageDir, name)).catch(() => Buffer.alloc(0));
    hash.update(`${name}\n${body.byteLength}\n`).update(body);
  }
  return hash.digest("hex");
}
