import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));
/** SST's platform: the sources of its components, Pulumi and the AWS provider, which every evaluation needs. */
export const PLATFORM = join(REPOSITORY, ".sst/platform");

const INSTALL_TIMEOUT_MS = 5 * 60_000;
/** The last file that an installation puts there. */
const MARKER = join(PLATFORM, "node_modules/@pulumi/aws/package.json");

/**
 * Installs SST's platform when it is missing: 30 seconds, 323 MB, and nothing but npm is asked. No account and no Pulumi are needed.
 *
 * @throws when the installation fails, with what it said.
 */
export async function ensurePlatform(): Promise<void> {
  if (await exists(MARKER)) return;
  // Without the first variable SST downloads Pulumi and bun before anything else; NO_BUN has it use npm.
  const env = { ...process.env, SST_SKIP_DEPENDENCY_CHECK: "1", NO_BUN: "1", SST_TELEMETRY_DISABLED: "1" };
  const sst = join(REPOSITORY, "node_modules/.bin/sst");
  try {
    await promisify(execFile)(sst, ["install", "--stage", "test"], { cwd: REPOSITORY, env, timeout: INSTALL_TIMEOUT_MS });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`SST's platform could not be installed. "sst install" said:\n${stdout}${stderr}`, { cause: error });
  }
  if (!(await exists(MARKER))) throw new Error(`"sst install" ended well but left no ${MARKER}. Remove ${PLATFORM} and try again.`);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
