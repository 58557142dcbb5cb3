import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import type { FunctionSpec } from "@streamer/server";
import { build, formatMessages } from "esbuild";
import type { BuildFailure, BuildOptions, Metafile } from "esbuild";
import { parseHandlerName } from "../handlerName.ts";
import { inputsOf } from "./inputs.ts";

export interface BundleOptions {
  /** Folder that the handlers' paths start from: the functions package. */
  readonly root: string;
  /** Where the bundles go: `<outDir>/<function name>.mjs` and its source map. */
  readonly outDir: string;
  /** Export conditions beside Node's own, for example `@streamer/source`. */
  readonly conditions?: readonly string[];
  /** What an app's stack sets for its functions beyond the usual (SST: `nodejs.esbuild`): the same here, or the bundles differ. */
  readonly esbuild?: Pick<BuildOptions, "alias" | "define" | "external" | "loader">;
}

/** A function's bundle could not be made. The message names the function and the path. */
export class BundleError extends Error {
  readonly functionName: string | undefined;

  constructor(message: string, functionName?: string, cause?: unknown) {
    super(message, { cause });
    this.name = "BundleError";
    this.functionName = functionName;
  }
}

/** A function's bundle, and what it was made of. */
export interface FunctionBundle {
  readonly path: string;
  /** Absolute paths of the sources, without those of installed packages. */
  readonly inputs: ReadonlySet<string>;
}

/** In this order, as SST looks for a handler's file. */
const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

/** What CommonJS dependencies expect, in a module that has none of it. The names are the bundle's own, so that no import can clash. */
const BANNER = [
  `import { createRequire as bundleCreateRequire } from "node:module";`,
  `import { fileURLToPath as bundleFileURLToPath } from "node:url";`,
  `const require = bundleCreateRequire(import.meta.url);`,
  `const __filename = bundleFileURLToPath(import.meta.url);`,
  `const __dirname = bundleFileURLToPath(new URL(".", import.meta.url));`,
].join("\n");

/**
 * Bundles each function into one ES module, the way SST does for a deployment (not minified), so that what runs here is what will run
 * there: nothing is external, and no file beside the bundle is.
 *
 * @returns the path of each function's bundle, by the function's name.
 * @throws BundleError when a handler's file or export is missing, names are not unique, or the code does not build.
 */
export async function bundleFunctions(functions: readonly FunctionSpec[], options: BundleOptions): Promise<ReadonlyMap<string, string>> {
  const bundles = await bundleWithInputs(functions, options);
  return new Map([...bundles].map(([name, { path }]) => [name, path]));
}

/** As `bundleFunctions`, and says of each what it was made of. */
export async function bundleWithInputs(
  functions: readonly FunctionSpec[],
  options: BundleOptions,
): Promise<ReadonlyMap<string, FunctionBundle>> {
  const { root, outDir, conditions = [] } = options;
  checkNames(functions);
  const entries = functions.map((spec) => ({ spec, file: findModule(spec, root), bundlePath: join(outDir, `${spec.name}.mjs`) }));
  if (entries.length === 0) return new Map();
  const building = build({
    ...options.esbuild,
    absWorkingDir: root,
    entryPoints: entries.map(({ spec, file }) => ({ in: file, out: spec.name })),
    outdir: outDir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: false,
    platform: "node",
    format: "esm",
    target: "node24",
    mainFields: ["module", "main"],
    conditions: [...conditions, "module"],
    keepNames: true,
    minify: false,
    sourcemap: true,
    banner: { js: BANNER },
    metafile: true,
    logLevel: "silent",
  });
  const { metafile } = await explained(building);
  for (const { spec, file, bundlePath } of entries) checkExport(spec, file, metafile, relative(root, bundlePath));
  return new Map(entries.map(({ spec, file, bundlePath }) => [spec.name, { path: bundlePath, inputs: inputsOf(metafile, file, root) }]));
}

function checkNames(functions: readonly FunctionSpec[]): void {
  const seen = new Set<string>();
  for (const { name, handler } of functions) {
    if (seen.has(name)) throw new BundleError(`Two functions are named "${name}"; the second has the handler "${handler}".`, name);
    seen.add(name);
  }
}

function findModule(spec: FunctionSpec, root: string): string {
  const path = join(root, parseHandlerName(spec.handler).modulePath);
  const file = EXTENSIONS.map((extension) => path + extension).find((candidate) => existsSync(candidate));
  if (file === undefined) {
    throw new BundleError(`Function "${spec.name}": there is no ${path}.ts for its handler "${spec.handler}".`, spec.name);
  }
  return file;
}

function checkExport(spec: FunctionSpec, file: string, metafile: Metafile, output: string): void {
  const { exportName } = parseHandlerName(spec.handler);
  const exports = metafile.outputs[output.replaceAll("\\", "/")]?.exports ?? [];
  // What a CommonJS module exports is known at run time only; there the sandbox says what is missing.
  if (exports.includes(exportName) || /\.(cts|cjs)$/.test(file)) return;
  const found = exports.length === 0 ? "nothing" : exports.join(", ");
  throw new BundleError(`Function "${spec.name}": ${file} does not export "${exportName}"; it exports ${found}.`, spec.name);
}

async function explained<Result>(building: Promise<Result>): Promise<Result> {
  try {
    return await building;
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>;
    if (errors === undefined) throw error;
    const lines = await formatMessages(errors, { kind: "error", color: false });
    throw new BundleError(`The functions do not build.\n${lines.join("").trim()}`, undefined, error);
  }
}
