import { accessSync, constants, statSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { delimiter, dirname, join } from "node:path";

export interface BinaryLookup {
  /** Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** As Node names them. Default: this machine's. */
  readonly platform?: string;
  readonly arch?: string;
  /** Finds the package's package.json. Default: as an import from here would. */
  readonly findPackage?: (name: string) => string | undefined;
}

/**
 * Path of the dynoxide program: `DYNOXIDE_BIN`, else the platform's package, else the PATH.
 *
 * @throws when there is none, saying what to install; when `DYNOXIDE_BIN` is set to what cannot be run.
 */
export function resolveBinary(lookup: BinaryLookup = {}): string {
  const { env = process.env, platform = process.platform, arch = process.arch, findPackage = findFromHere } = lookup;
  const chosen = env["DYNOXIDE_BIN"];
  if (chosen !== undefined && chosen !== "") {
    if (isProgram(chosen)) return chosen;
    throw new Error(`DYNOXIDE_BIN is "${chosen}", which is not a program. Correct it, or unset it to use the installed one.`);
  }
  const fileName = platform === "win32" ? "dynoxide.exe" : "dynoxide";
  const packageName = `@dynoxide/${platform}-${arch}`;
  const manifest = findPackage(packageName);
  const folders = [...(manifest === undefined ? [] : [dirname(manifest)]), ...(env["PATH"] ?? "").split(delimiter)];
  const found = folders
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, fileName))
    .find(isProgram);
  if (found !== undefined) return found;
  throw new Error(
    `There is no dynoxide, the local DynamoDB, for ${platform} ${arch}. ` +
      `Install it with "npm install ${packageName}" (without --omit=optional), put a "${fileName}" on the PATH, or set DYNOXIDE_BIN to one.`,
  );
}

function findFromHere(name: string): string | undefined {
  try {
    return findPackageJSON(name, import.meta.url);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
