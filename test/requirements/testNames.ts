import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

export const ROOT = join(import.meta.dirname, "../..");

/** Full names of the tests of each test file, by its path from the root. */
export type TestNames = ReadonlyMap<string, ReadonlySet<string>>;

/** All tests there are, as Vitest names them. Takes some seconds. */
export async function readTestNames(): Promise<TestNames> {
  // Of the Vitest that may have started this: the other one must not take itself for its worker.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST")));
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, "listTests.ts")], {
    cwd: ROOT,
    env,
    maxBuffer: 64 * 1_024 * 1_024,
  });
  const names = JSON.parse(stdout) as Readonly<Record<string, readonly string[]>>;
  return new Map(Object.entries(names).map(([path, tests]) => [path, new Set(tests)]));
}
