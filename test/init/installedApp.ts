import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { run } from "./command.ts";

export const REPOSITORY = resolve(import.meta.dirname, "../..");
export const STREAMER = join(REPOSITORY, "packages/local/bin/streamer.js");

/** Those that an app needs: of its own, and of each other. */
const PACKAGES = ["protocol", "client", "react", "server", "local", "console", "stacks"];
const BUILT = ["protocol", "client", "react", "server", "local"];
/** Quiet, and without what only a person wants. */
const NPM_FLAGS = ["--silent", "--no-audit", "--no-fund", "--prefer-offline"];

/** Whether npm answers: without it there is nothing to install from. */
export async function registryAnswers(): Promise<boolean> {
  return run(REPOSITORY, "npm", "ping", "--silent").then(
    () => true,
    () => false,
  );
}

/** Packs this repository's packages as they would be published. Gives each package's archive, by the package's name. */
export async function packPackages(dir: string): Promise<ReadonlyMap<string, string>> {
  await run(REPOSITORY, "tsc", "--build", ...BUILT.map((name) => `packages/${name}`));
  const archives = join(dir, "archives");
  await mkdir(archives);
  const workspaces = PACKAGES.map((name) => `--workspace=@streamer/${name}`);
  await run(REPOSITORY, "npm", "pack", "--silent", `--pack-destination=${archives}`, ...workspaces);
  const files = await readdir(archives);
  return new Map(
    PACKAGES.map((name) => {
      const file = files.find((one) => one.startsWith(`streamer-${name}-`));
      if (file === undefined) throw new Error(`npm packed no @streamer/${name}; there are: ${files.join(", ")}.`);
      return [`@streamer/${name}`, join(archives, file)];
    }),
  );
}

/** Installs an app from the archives in place of the registry's packages, and everything else from the registry. */
export async function installApp(appDir: string, archives: ReadonlyMap<string, string>): Promise<void> {
  const path = join(appDir, "package.json");
  const manifest = JSON.parse(await readFile(path, "utf8")) as Record<string, Record<string, string>>;
  const specs = [...archives].map(([name, file]) => [name, `file:${file}`] as const);
  const replaced = (list: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    ...list,
    ...Object.fromEntries(specs.filter(([name]) => name in list)),
  });
  await writeFile(
    path,
    JSON.stringify({
      ...manifest,
      dependencies: replaced(manifest["dependencies"]),
      devDependencies: replaced(manifest["devDependencies"]),
      // The packages ask for each other by version.
      overrides: Object.fromEntries(specs),
    }),
  );
  await run(appDir, "npm", "install", ...NPM_FLAGS);
}

/** All files of an app by their paths, without what is installed or made in it. */
export async function filesOf(appDir: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(appDir, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(appDir.length + 1))
    .filter((path) => !/^(?:node_modules|\.streamer|dist)\b/.test(path))
    .toSorted();
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await readFile(join(appDir, path), "utf8")] as const)));
}
