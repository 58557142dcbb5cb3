import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";

/**
 * Gives every optional dependency an entry in the lock file.
 *
 * A package that exists for one platform only may be missing from the registry that the lock file was made with. npm then leaves it out,
 * and `npm ci` refuses the lock file as incomplete: on every platform. An entry with the version and the platform is enough.
 *
 * `node test/support/completeLock.ts` writes; the test beside it (`test/flow/lockFile.test.ts`) only looks.
 */
interface Lock {
  packages: Record<string, LockEntry>;
}

interface LockEntry {
  version?: string;
  optionalDependencies?: Record<string, string>;
  cpu?: string[];
  os?: string[];
  dev?: boolean;
  optional?: boolean;
  peer?: boolean;
}

export interface MissingEntry {
  readonly path: string;
  readonly version: string;
}

export const LOCK_FILE = resolve(import.meta.dirname, "../../package-lock.json");

export async function readLock(): Promise<Lock> {
  return JSON.parse(await readFile(LOCK_FILE, "utf8")) as Lock;
}

/** Optional dependencies without an entry, where npm would look for one. */
export function missingEntries(lock: Lock): readonly MissingEntry[] {
  return Object.entries(lock.packages).flatMap(([owner, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !isFound(lock, owner, name))
      .map(([name, version]) => ({ path: `node_modules/${name}`, version })),
  );
}

function isFound(lock: Lock, owner: string, name: string): boolean {
  const parents = owner.split("/node_modules/").map((_, index, parts) => parts.slice(0, index + 1).join("/node_modules/"));
  return ["", ...parents].some((parent) => lock.packages[`${parent === "" ? "" : `${parent}/`}node_modules/${name}`] !== undefined);
}

const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const PROCESSORS = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

/** `@oxlint/binding-linux-arm64-musl` → linux, arm64. */
export function platformOf(path: string): { readonly os: string[]; readonly cpu: string[] } {
  const words = (path.split("/").at(-1) ?? "").split("-");
  return { os: words.filter((word) => SYSTEMS.includes(word)), cpu: words.filter((word) => PROCESSORS.includes(word)) };
}

if (process.argv[1] === import.meta.filename) {
  const lock = await readLock();
  for (const { path, version } of missingEntries(lock)) {
    const { os, cpu } = platformOf(path);
    if (os.length === 0 || cpu.length === 0) throw new Error(`${path}: for which platform is it? Add its entry by hand.`);
    lock.packages[path] = { version, cpu, optional: true, os };
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(LOCK_FILE, `${JSON.stringify(lock, undefined, 2)}\n`);
}
