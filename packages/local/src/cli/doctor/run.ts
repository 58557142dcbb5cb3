import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { systemClock } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import { CommandError, EXIT } from "../failure.ts";
import { deployedChecks } from "./deployed/deployedChecks.ts";
import { localChecks } from "./local/localChecks.ts";
import type { ChecksOfTarget } from "./local/localChecks.ts";
import { runChecks } from "./runChecks.ts";
import type { DeepRequest } from "./shared/connectionCheck.ts";
import { asJson, asText, worstOf } from "./show.ts";
import type { Report } from "./show.ts";
import { shellLinks } from "./shellLinks.ts";

export interface DoctorOptions {
  readonly dataDir: string;
  readonly app?: string;
  readonly stage?: string;
  readonly region?: string;
  readonly table?: string;
  readonly url?: string;
  readonly token?: string;
  readonly jwtKey?: string;
  /** An action's name; `true`: the one that is shipped. */
  readonly deep?: string | true;
  readonly payload?: unknown;
  readonly deepTimeout: number;
  readonly strict: boolean;
  readonly json: boolean;
}

/** Looks at everything, prints it, and sets the exit code: 0 well, 1 something fails, and, when strict, 1 for a warning too. */
export async function runDoctor(options: DoctorOptions): Promise<void> {
  const report = await examine(options, systemClock);
  process.stdout.write(options.json ? asJson(report) : asText(report));
  const worst = worstOf(report.findings);
  if (worst === "fail" || (worst === "warn" && options.strict)) process.exitCode = EXIT.failure;
}

/** @throws {CommandError} when the command line makes no sense. What is wrong with the system is in the report. */
export async function examine(options: DoctorOptions, clock: Clock): Promise<Report> {
  const startedAt = clock.monotonic();
  const { target, checks, close } = await checksOf(options, clock);
  try {
    const findings = await runChecks(checks, clock);
    const hidden = findings.map((finding) => ({ ...finding, seen: withoutToken(finding.seen, options.token) }));
    return { target, findings: hidden, time: new Date(clock.now()).toISOString(), durationMs: clock.monotonic() - startedAt };
  } finally {
    close();
  }
}

/** Whatever a library puts into its error: a token is not printed. */
function withoutToken(text: string, token: string | undefined): string {
  return token === undefined || token === "" ? text : text.replaceAll(token, "<token>");
}

async function checksOf(options: DoctorOptions, clock: Clock): Promise<ChecksOfTarget> {
  const { stage, token, region, table } = options;
  const deep = deepRequest(options);
  if (stage === undefined) {
    for (const name of ["app", "region", "table", "url", "jwtKey"] as const) {
      if (options[name] === undefined) continue;
      const option = name === "jwtKey" ? "jwt-key" : name;
      throw new CommandError(
        EXIT.usage,
        `--${option} belongs to a deployed stage. Name it by --stage too, or leave it out for the local stack.`,
      );
    }
    return localChecks({ dataDir: resolve(options.dataDir), token, deep }, clock);
  }
  const links = shellLinks(process.env);
  const app = options.app ?? links.app;
  if (app === undefined) throw new CommandError(EXIT.usage, "Which app? Pass --app: its name in sst.config.ts.");
  if (links.stage !== undefined && links.stage !== stage) {
    throw new CommandError(
      EXIT.usage,
      `This is the sst shell of the stage ${links.stage}, and --stage is ${stage}. Name the same, or leave the shell.`,
    );
  }
  const url = checkedUrl(options.url ?? links.url);
  const jwtKey = options.jwtKey === undefined ? links.jwtKey : await readJwtKey(options.jwtKey);
  return deployedChecks({ app, stage, region, table, url, token, jwtKey, deep }, clock);
}

/** What the shipped action takes. */
const DEFAULT_DEEP = { action: "generate_report", payload: { start_date: "2024-01-01", end_date: "2024-01-31", format: "csv" } };

function deepRequest({ deep, payload, deepTimeout }: DoctorOptions): DeepRequest | undefined {
  if (deep === undefined) {
    if (payload !== undefined) throw new CommandError(EXIT.usage, "--payload belongs to --deep <action>.");
    return undefined;
  }
  const timeoutMs = deepTimeout * 1_000;
  if (deep === true) return { ...DEFAULT_DEEP, ...(payload === undefined ? {} : { payload }), timeoutMs };
  return { action: deep, payload: payload ?? (deep === DEFAULT_DEEP.action ? DEFAULT_DEEP.payload : {}), timeoutMs };
}

function checkedUrl(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const protocol = URL.parse(url)?.protocol;
  if (protocol === "wss:" || protocol === "ws:") return url;
  throw new CommandError(EXIT.usage, "--url is where clients connect: wss://…, as sst deploy prints it.");
}

/** A URL as it is; else a file. */
async function readJwtKey(option: string): Promise<string> {
  if (/^https?:/i.test(option)) return option;
  try {
    return await readFile(option, "utf8");
  } catch (cause) {
    throw new CommandError(EXIT.usage, `--jwt-key ${option} is neither a URL nor a file that can be read.`, { cause });
  }
}
