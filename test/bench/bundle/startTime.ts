import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const RUNNER = join(import.meta.dirname, "importTime.mjs");

/**
 * How long a fresh process takes to load a module, in milliseconds: what Lambda reports as initialisation, without the start of Node itself.
 *
 * @throws when the module does not load; the message says what it wrote.
 */
export async function startTimeMs(modulePath: string, env: Readonly<Record<string, string>>): Promise<number> {
  const { stdout } = await run(process.execPath, [RUNNER, pathToFileURL(modulePath).href], { env: { ...env } });
  const timeMs = Number(stdout.trim().split("\n").at(-1));
  if (!Number.isFinite(timeMs)) throw new Error(`${modulePath} loaded, and said this instead of how long it took: ${stdout}`);
  return timeMs;
}

/**
 * The median start of each module. Starts take turns, so that a busy moment of the machine meets all of them alike.
 *
 * @param runs starts of each, at least 1.
 */
export async function medianStartsMs(
  modules: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string>>,
  runs: number,
): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number[]>([...modules.keys()].map((name) => [name, []]));
  for (let round = 0; round < runs; round += 1) for (const [name, path] of modules) times.get(name)?.push(await startTimeMs(path, env));
  return new Map([...times].map(([name, values]) => [name, median(values)]));
}

/** @throws {RangeError} when there is nothing to take it from. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError("A median needs at least one value.");
  return (lower + upper) / 2;
}
