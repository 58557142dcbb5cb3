import { build } from "esbuild";
import type { BuildOptions, Metafile } from "esbuild";

/** What is bundled: a module's path, or source text that stands for one. */
export type Entry = { readonly file: string } | { readonly source: string };

export interface FunctionBundle {
  /** The bundle's entry. */
  readonly path: string;
  readonly bytes: number;
  /** Bytes of parts that load at their first use; 0 when the bundle is one file. */
  readonly lateBytes: number;
  /** Bytes by package, the largest first. The project's own are named by workspace. */
  readonly packages: readonly PackageBytes[];
}

export interface PackageBytes {
  readonly name: string;
  readonly bytes: number;
}

export interface BuildFunctionOptions {
  /** Where imports are looked up from, and paths in reports start. */
  readonly root: string;
  readonly outDir: string;
  /** SST's `nodejs.splitting`: cold parts in files of their own. */
  readonly splitting: boolean;
  /** SST's `nodejs.esbuild`: as `sst.config.ts` sets it. */
  readonly conditions: readonly string[];
}

/** The lines that SST puts before each bundle. */
const BANNER = [
  `import { createRequire as topLevelCreateRequire } from 'module';`,
  `const require = topLevelCreateRequire(import.meta.url);`,
  `import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"`,
  `const __filename = topLevelFileUrlToPath(import.meta.url)`,
  `const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))`,
].join("\n");

/**
 * Bundles one function with the options that `sst deploy` gives to esbuild (minified, no source map).
 *
 * @see https://sst.dev/docs/component/aws/function#nodejs
 */
export async function buildFunction(name: string, entry: Entry, options: BuildFunctionOptions): Promise<FunctionBundle> {
  const { root, outDir, splitting, conditions } = options;
  const input: BuildOptions =
    "file" in entry
      ? { entryPoints: [{ in: entry.file, out: name }] }
      : { stdin: { contents: entry.source, resolveDir: root, sourcefile: `${name}.ts`, loader: "ts" } };
  const { metafile } = await build({
    ...input,
    absWorkingDir: root,
    outdir: `${outDir}/${name}`,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting,
    platform: "node",
    format: "esm",
    target: "esnext",
    mainFields: ["module", "main"],
    conditions: [...conditions],
    external: ["sharp", "pg-native"],
    keepNames: true,
    minify: true,
    banner: { js: BANNER },
    metafile: true,
    logLevel: "silent",
  });
  return describeBundle(metafile, root);
}

/** What a build made, by esbuild's own account of it. */
export function describeBundle(metafile: Metafile, root: string): FunctionBundle {
  const outputs = Object.entries(metafile.outputs);
  const entry = outputs.find(([, output]) => output.entryPoint !== undefined && !isLate(metafile, output.entryPoint));
  if (entry === undefined) throw new Error(`The build has no entry: ${outputs.map(([path]) => path).join(", ")}.`);
  const eager = loadedAtStart(metafile, entry[0]);
  const early = outputs.filter(([path]) => eager.has(path));
  const late = outputs.filter(([path]) => !eager.has(path));
  return {
    path: `${root}/${entry[0]}`,
    bytes: sum(early.map(([, output]) => output.bytes)),
    lateBytes: sum(late.map(([, output]) => output.bytes)),
    packages: byPackage(
      early.flatMap(([, output]) => Object.entries(output.inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput])),
    ),
  };
}

/** Whether a module is the target of an `import()`: esbuild calls those outputs entries too. */
function isLate(metafile: Metafile, entryPoint: string): boolean {
  return Object.values(metafile.inputs).some((input) =>
    input.imports.some((one) => one.kind === "dynamic-import" && one.path === entryPoint),
  );
}

/** An output and all that it imports by statement, and so on. */
function loadedAtStart(metafile: Metafile, path: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(path)) return found;
  found.add(path);
  for (const one of metafile.outputs[path]?.imports ?? [])
    if (one.kind === "import-statement" && one.external !== true) loadedAtStart(metafile, one.path, found);
  return found;
}

function byPackage(files: readonly (readonly [string, number])[]): readonly PackageBytes[] {
  const bytes = new Map<string, number>();
  for (const [path, count] of files) {
    const name = packageOf(path);
    bytes.set(name, (bytes.get(name) ?? 0) + count);
  }
  return [...bytes].map(([name, count]) => ({ name, bytes: count })).toSorted((a, b) => b.bytes - a.bytes);
}

/** `node_modules/@smithy/core/dist/x.js` → `@smithy/core`; `packages/server/src/x.ts` → `packages/server`. */
export function packageOf(path: string): string {
  const [, inside] = path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/) ?? [];
  return inside ?? path.split("/").slice(0, 2).join("/");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
