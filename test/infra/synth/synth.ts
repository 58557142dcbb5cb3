import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensurePlatform, PLATFORM, REPOSITORY } from "./platform.ts";
import type { ChildOptions, SynthOptions, SynthResource, SynthResult } from "./resources.ts";

/** A statement of a policy document. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Principal?: Readonly<Record<string, readonly string[] | string>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** An evaluated app. */
export interface Synth extends SynthResult {
  ofType(type: string): readonly SynthResource[];
  /** The one resource of a type, or the one of a name among them. @throws when there are none or several, naming those there are. */
  get(type: string, name?: string): SynthResource;
  /** What a role's own policies say. */
  statements(roleName: string): readonly Statement[];
}

const DEFAULT_ENV = { STREAMER_JWT_ISSUER: "https://issuer.example.com/" };
const DEFAULT_SECRETS = { StreamerJwtKey: "https://issuer.example.com/.well-known/jwks.json" };
const TIMEOUT_MS = 120_000;
const MAX_OUTPUT_BYTES = 10 * 1024 * 1024;

/** @throws when the program throws, with its message. */
export async function synth(options: SynthOptions): Promise<Synth> {
  await ensurePlatform();
  const dir = await mkdtemp(join(tmpdir(), "streamer-synth-out-"));
  const out = join(dir, "result.json");
  const child: ChildOptions = {
    stage: options.stage,
    root: (options.root ?? REPOSITORY).replace(/\/$/, ""),
    config: options.config ?? "sst.config.ts",
    platform: PLATFORM,
    dev: options.dev ?? false,
    out,
  };
  const secrets = Object.entries(options.secrets ?? DEFAULT_SECRETS).map(([name, value]) => [`SST_SECRET_${name}`, value]);
  const env = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    ...(options.env ?? DEFAULT_ENV),
    ...(Object.fromEntries(secrets) as Record<string, string>),
    SYNTH_OPTIONS: JSON.stringify(child),
  };
  try {
    await run(env, child.root);
    return withAccess(JSON.parse(await readFile(out, "utf8")) as SynthResult);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function run(env: NodeJS.ProcessEnv, cwd: string): Promise<void> {
  const args = ["--enable-source-maps", "--no-warnings", fileURLToPath(new URL("./child.ts", import.meta.url))];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd, env, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES }, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`The app could not be evaluated.\n${stderr || stdout || error.message}`, { cause: error }));
    });
  });
}

function withAccess(result: SynthResult): Synth {
  const ofType = (type: string): readonly SynthResource[] => result.resources.filter((resource) => resource.type === type);
  const get = (type: string, name?: string): SynthResource => {
    const [found, ...more] = ofType(type).filter((resource) => name === undefined || resource.name === name);
    if (found !== undefined && more.length === 0) return found;
    const names = ofType(type).map((resource) => resource.name);
    throw new Error(`There are ${found === undefined ? "no" : "several"} ${type} ${name ?? ""}; there are: ${names.join(", ") || "none"}.`);
  };
  return {
    ...result,
    ofType,
    get,
    statements(roleName) {
      const policies = (get("aws:iam/role:Role", roleName).inputs["inlinePolicies"] ?? []) as readonly { policy: string }[];
      return policies.flatMap(({ policy }) => statementsOf(policy));
    },
  };
}

/** The statements of a policy document. */
export function statementsOf(policy: unknown): readonly Statement[] {
  const parsed = (typeof policy === "string" ? JSON.parse(policy) : policy) as { Statement: readonly Statement[] };
  return parsed.Statement;
}
