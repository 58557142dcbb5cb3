import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { PLATFORM, REPOSITORY } from "../synth/platform.ts";
import { REGION } from "../synth/resources.ts";
import { startFakeAws } from "./fakeAws.ts";
import type { PreviewResource } from "./pulumi/preview.ts";
import type { Workspace } from "./workspace.ts";

const TIMEOUT_MS = 3 * 60_000;
const MAX_OUTPUT_BYTES = 20 * 1024 * 1024;

export interface DiffRun {
  /** What the CLI printed. */
  readonly output: string;
  /** What the program registered. */
  readonly resources: readonly PreviewResource[];
}

export interface DiffOptions {
  readonly stage: string;
  /** Variables that `.env` would hold. Default: an issuer. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs the CLI's own `sst diff` in a workspace. Its bundles stay in the workspace.
 *
 * @throws when the CLI fails, with what it printed, and when it asked AWS for something that the stand-in does not know.
 */
export async function sstDiff(workspace: Workspace, options: DiffOptions): Promise<DiffRun> {
  const aws = await startFakeAws();
  const resourcesFile = join(workspace.scratch, "resources.json");
  const env = {
    // Nothing else of the user's: profiles, keys and proxies must not be found.
    PATH: [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter),
    HOME: workspace.home,
    XDG_CONFIG_HOME: workspace.configHome,
    TMPDIR: workspace.scratch,
    // Without the first SST downloads Pulumi and bun.
    SST_SKIP_DEPENDENCY_CHECK: "1",
    NO_BUN: "1",
    SST_TELEMETRY_DISABLED: "1",
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: "true",
    SST_SECRET_StreamerJwtKey: "https://issuer.example.com/.well-known/jwks.json",
    STREAMER_DIFF_PLATFORM: PLATFORM,
    STREAMER_DIFF_RESOURCES: resourcesFile,
    ...(options.env ?? { STREAMER_JWT_ISSUER: "https://issuer.example.com/" }),
  };
  try {
    const output = await run(workspace, ["diff", "--stage", options.stage], env, aws.unanswered);
    return { output, resources: JSON.parse(await readFile(resourcesFile, "utf8")) as readonly PreviewResource[] };
  } finally {
    await aws.close();
  }
}

async function run(workspace: Workspace, args: readonly string[], env: NodeJS.ProcessEnv, unanswered: readonly string[]): Promise<string> {
  // To its own program, and not through npm's launcher, which would not pass the signal on. The CLI stops Pulumi on SIGINT.
  const options = { cwd: workspace.root, env, timeout: TIMEOUT_MS, killSignal: "SIGINT", maxBuffer: MAX_OUTPUT_BYTES } as const;
  const command = `sst ${args.join(" ")}`;
  const asked = (): string =>
    unanswered.length === 0 ? "" : `It asked AWS for what test/infra/diff/fakeAws.ts has no answer to: ${unanswered.join("; ")}.\n`;
  try {
    const { stdout, stderr } = await promisify(execFile)(cliPath(), [...args], options);
    if (unanswered.length > 0) throw new Error("An answer of AWS is missing.");
    return stdout + stderr;
  } catch (error) {
    const { stdout = "", stderr = "", message } = error as { stdout?: string; stderr?: string; message: string };
    const pulumi = await readFile(join(workspace.root, ".sst/log/pulumi.err"), "utf8").catch(() => "");
    throw new Error(`"${command}" failed.\n${asked()}${stdout || message}\n${stderr}${pulumi}`.trim(), { cause: error });
  }
}

/** The CLI's program for this machine, which npm installs beside the package `sst`. */
function cliPath(): string {
  return createRequire(join(REPOSITORY, "node_modules/sst/package.json")).resolve(`sst-${process.platform}-${process.arch}/bin/sst`);
}
