import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Whether `sst.config.ts` has SST put cold parts into files of their own (`nodejs: { splitting: true }`).
 *
 * It is looked for in the text: the config runs inside SST only.
 */
export async function splitsBundles(root: string): Promise<boolean> {
  return /\bsplitting:\s*true\b/.test(await readFile(join(root, "sst.config.ts"), "utf8"));
}
