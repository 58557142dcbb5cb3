import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));
/** SST's platform: the sources of its components, Pulumi and the AWS provider, which every evaluation needs. */
export const PLATFORM = join(REPOSITORY, ".sst/platform");
/** Of Pulumi's AWS provider: the one that `sst.config.ts` names. */
export const AWS_PROVIDER_VERSION = "7.20.0";

const INSTALL_TIMEOUT_MS = 5 * 60_000;
/** The last file that an installation puts there. */
const MARKER = "node_modules/@pulumi/aws/package.json";

/** `sst install` asks the configuration for its providers only, and cannot read ours before the workspaces are built. */
const CONFIG = `export default $config({
  app: () => ({ name: "install", home: "aws", providers: { aws: { version: "${AWS_PROVIDER_VERSION}" } } }),
  async run() {},
});
`;

/**
 * Installs SST's platform when it is missing: 30 seconds, 323 MB, and nothing but npm is asked. No account and no Pulumi are needed.
 *
 * @throws when the installation fails, with what it said.
 */
export async function ensurePlatform(): Promise<void> {
  if (await exists(join(PLATFORM, MARKER))) return;
  await mkdir(join(REPOSITORY, ".sst"), { recursive: true });
  const dir = await mkdtemp(join(REPOSITORY, ".sst/install-"));
  try {
    await writeFile(join(dir, "sst.config.ts"), CONFIG);
    await writeFile(join(dir, "package.json"), '{ "private": true }\n');
    await install(dir);
    await putInPlace(join(dir, ".sst/platform"));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function install(cwd: string): Promise<void> {
  // Without the first variable SST downloads Pulumi and bun before anything else; NO_BUN has it use npm.
  const env = { ...process.env, SST_SKIP_DEPENDENCY_CHECK: "1", NO_BUN: "1", SST_TELEMETRY_DISABLED: "1" };
  const sst = join(REPOSITORY, "node_modules/.bin/sst");
  try {
    await promisify(execFile)(sst, ["install", "--stage", "test"], { cwd, env, timeout: INSTALL_TIMEOUT_MS });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`SST's platform could not be installed. "sst install" said:\n${stdout}${stderr}`, { cause: error });
  }
  if (!(await exists(join(cwd, ".sst/platform", MARKER)))) throw new Error('"sst install" ended well but left no AWS provider. Try again.');
}

/** In one step, so that nobody sees half of it; who was here meanwhile has put the same here. */
async function putInPlace(installed: string): Promise<void> {
  if (await exists(join(PLATFORM, MARKER))) return;
  await rm(PLATFORM, { recursive: true, force: true });
  await rename(installed, PLATFORM);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
