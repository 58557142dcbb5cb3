import { realpathSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import type { Metafile } from "esbuild";

/**
 * Absolute paths of all that an entry is made of, what nothing was taken of included: a change there may make something be taken.
 * Without what is in `node_modules`.
 */
export function inputsOf(metafile: Metafile, entry: string, workingDir: string): ReadonlySet<string> {
  // esbuild writes paths of its metafile with `/`, from the working directory.
  const seen = new Set<string>();
  const waiting = [relative(workingDir, entry).split(sep).join("/")];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const input = metafile.inputs[path];
    if (input === undefined || seen.has(path) || isInstalled(path)) continue;
    seen.add(path);
    waiting.push(...input.imports.filter(({ external }) => external !== true).map((imported) => imported.path));
  }
  return new Set([...seen].map((path) => realpathSync(resolve(workingDir, path))));
}

function isInstalled(path: string): boolean {
  return path.split("/").includes("node_modules");
}
