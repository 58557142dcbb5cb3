import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AWS_PROVIDER_VERSION, ensurePlatform, PLATFORM } from "../synth/platform.ts";

/** A folder that the CLI takes for the app, and a home of its own for it. */
export interface Workspace {
  /** Where to run the CLI. */
  readonly root: string;
  /** For `HOME`. */
  readonly home: string;
  /** For `XDG_CONFIG_HOME`: SST's own folder, with the stand-in for Pulumi. */
  readonly configHome: string;
  /** Empty; for whatever else a run makes. */
  readonly scratch: string;
  remove(): Promise<void>;
}

/** Made by the CLI, or a person's own settings, which must not decide what is found here. */
const LEFT_OUT = /^(?:\.sst|\.git|\.streamer|\.env.*|sst-env\.d\.ts)$/;
/** Of the CLI: it compares this with the configuration, and installs what differs. */
const PROVIDERS = [{ name: "aws", package: "@pulumi/aws", version: AWS_PROVIDER_VERSION, alias: "aws" }];

/**
 * Links all of an app but what the CLI writes, so that a run leaves nothing behind in the app or in the user's home.
 *
 * @param app the folder with `sst.config.ts`.
 */
export async function createWorkspace(app: string): Promise<Workspace> {
  await ensurePlatform();
  const base = await realpath(await mkdtemp(join(tmpdir(), "streamer-diff-")));
  const [root, home, configHome, scratch] = [join(base, "app"), join(base, "home"), join(base, "config"), join(base, "scratch")];
  const platform = join(root, ".sst/platform");
  const bin = join(configHome, "sst/bin");
  for (const dir of [platform, home, bin, scratch]) await mkdir(dir, { recursive: true });
  await linkAll(app, root, LEFT_OUT);
  // The CLI writes the bundled configuration beside these.
  await linkAll(PLATFORM, platform, /^(?:sst\.config|synth|eval)\..*\.mjs$/);
  await writeFile(join(root, ".sst/provider-lock.json"), JSON.stringify(PROVIDERS));
  await writeFile(join(bin, "pulumi"), shellScript(fileURLToPath(new URL("./pulumi/main.ts", import.meta.url))), { mode: 0o755 });
  return { root, home, configHome, scratch, remove: () => rm(base, { recursive: true, force: true }) };
}

async function linkAll(from: string, to: string, except: RegExp): Promise<void> {
  for (const name of await readdir(from)) if (!except.test(name)) await symlink(join(from, name), join(to, name));
}

function shellScript(program: string): string {
  const quoted = [process.execPath, program].map((path) => `'${path.replaceAll("'", String.raw`'\''`)}'`);
  return `#!/bin/sh\nexec ${quoted.join(" ")} "$@"\n`;
}
