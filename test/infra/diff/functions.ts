import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { functionEnv } from "../../bench/bundle/functionEnv.ts";
import type { DiffRun } from "./diff.ts";
import type { LoadedBundle } from "./loadBundle.ts";
import { unzip } from "./unzip.ts";
import type { Workspace } from "./workspace.ts";

/** A function as it would be uploaded, which has been loaded. */
export interface BuiltFunction {
  /** As in the wiring. */
  readonly name: string;
  /** `<file without extension>.<export>`, as Lambda is told. */
  readonly handler: string;
  /** What loads at the start. */
  readonly kilobytes: number;
  /** What loads at its first use. */
  readonly lateKilobytes: number;
  /** The archive. */
  readonly zipKilobytes: number;
  /** Paths in the archive. */
  readonly files: readonly string[];
  /** Where the archive is unpacked. */
  readonly dir: string;
}

const FUNCTION = "aws:lambda/function:Function";
const LOAD_TIMEOUT_MS = 30_000;

/**
 * Unpacks and loads what a deploy would upload for a function, in a fresh process, out of reach of the repository's packages.
 *
 * @throws when there is no such function, no bundle of it, when it does not load, or does not export its handler.
 */
export async function loadFunction(run: DiffRun, workspace: Workspace, name: string): Promise<BuiltFunction> {
  const resource = `Streamer${pascalCase(name)}Function`;
  const made = run.resources.filter(({ type }) => type === FUNCTION);
  const inputs = made.find((one) => one.name === resource)?.inputs;
  if (inputs === undefined) {
    const others = made.map((one) => one.name).join(", ") || "none";
    throw new Error(`The app has no function "${name}": ${resource} is not among those it makes (${others}).`);
  }
  const handler = String(inputs["handler"]);
  const archive = await readArchive(workspace, name, String(inputs["s3Key"]));
  const dir = join(workspace.scratch, name);
  await mkdir(dir, { recursive: true });
  const files = await unzip(archive, dir);
  const { atStart, late } = await load(name, handler, dir, files);
  return {
    name,
    handler,
    kilobytes: await kilobytesOf(dir, atStart),
    lateKilobytes: await kilobytesOf(dir, late),
    zipKilobytes: archive.length / 1024,
    files,
    dir,
  };
}

/** The archive that the function is given by its key in SST's asset bucket: `assets/<component>-code-<SHA-256>.zip`. */
async function readArchive(workspace: Workspace, name: string, key: string): Promise<Buffer> {
  const [, component, hash] = /^assets\/(\w+)-code-([0-9a-f]{64})\.zip$/.exec(key) ?? [];
  if (component === undefined) throw new Error(`The function "${name}" is given the code "${key}", and not an archive that SST made.`);
  const path = join(workspace.root, ".sst/artifacts", component, "code.zip");
  const archive = await readFile(path).catch((error: unknown) => {
    throw new Error(`The CLI made no bundle of "${name}": ${path} cannot be read.`, { cause: error });
  });
  const actual = createHash("sha256").update(archive).digest("hex");
  if (actual !== hash) throw new Error(`The bundle of "${name}" is not the one the function is given: ${path} has the hash ${actual}.`);
  return archive;
}

async function load(name: string, handler: string, dir: string, files: readonly string[]): Promise<LoadedBundle> {
  const dot = handler.lastIndexOf(".");
  const [file, exportName] = [`${handler.slice(0, dot)}.mjs`, handler.slice(dot + 1)];
  if (!files.includes(file))
    throw new Error(`The bundle of "${name}" has no ${file}, where its handler "${handler}" is; it has ${files.join(", ")}.`);
  const args = ["--no-warnings", fileURLToPath(new URL("./loadBundle.ts", import.meta.url)), dir, file, exportName];
  const child = promisify(execFile)(process.execPath, args, { cwd: dir, env: { ...functionEnv() }, timeout: LOAD_TIMEOUT_MS });
  const { stdout } = await child.catch((error: Error & { stderr?: string }) => {
    throw new Error(`The bundle of "${name}" does not load alone.\n${error.stderr ?? error.message}`, { cause: error });
  });
  const loaded = JSON.parse(stdout) as LoadedBundle;
  if (loaded.exported !== "function")
    throw new Error(
      `The bundle of "${name}" exports no function "${exportName}" from ${file}: it is ${loaded.exported}. Export it from the handler.`,
    );
  return loaded;
}

async function kilobytesOf(dir: string, files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(dir, file))).size));
  return sizes.reduce((total, sizeBytes) => total + sizeBytes, 0) / 1024;
}

/** `"generate_report"` → `"GenerateReport"`, as the stacks name components. */
function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
