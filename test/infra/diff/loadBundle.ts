import { readdirSync } from "node:fs";
import { registerHooks } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * A process of its own for one bundle: `node loadBundle.ts <folder> <file> <export>`. Loads the file as Lambda would at a cold start, then every
 * other part, and prints a {@link LoadedBundle}. Nothing may come from outside the folder but Node's own modules.
 */
export interface LoadedBundle {
  /** `typeof` the export. */
  readonly exported: string;
  /** Files that were loaded at the start. */
  readonly atStart: readonly string[];
  /** Files that load at their first use. */
  readonly late: readonly string[];
}

const [dir = "", file = "", name = ""] = process.argv.slice(2);
const home = pathToFileURL(join(dir, "/")).href;
const loaded = new Set<string>();
registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith("node:") && !url.startsWith(home)) throw new Error(`The bundle is not whole: it loads ${url} from outside of it.`);
    if (url.startsWith(home)) loaded.add(basename(fileURLToPath(url)));
    return nextLoad(url, context);
  },
});

const exports = (await import(pathToFileURL(join(dir, file)).href)) as Readonly<Record<string, unknown>>;
const atStart = [...loaded];
const late = readdirSync(dir).filter((part) => part.endsWith(".mjs") && !loaded.has(part));
for (const part of late) await import(pathToFileURL(join(dir, part)).href);
const result: LoadedBundle = { exported: typeof exports[name], atStart, late };
process.stdout.write(JSON.stringify(result));
