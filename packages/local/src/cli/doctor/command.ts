import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { whenRun } from "../whenRun.ts";

const DEFAULT_DEEP_TIMEOUT_SECONDS = 120;

const NOTES = `
Without --stage it is the local stack that runs on the data directory. For a deployed stage name app, stage and Region; the AWS SDK finds
credentials as ever, and needs rights to read only (packages/docs/doctor.md lists them). A token is best passed by STREAMER_TOKEN: what
stands on a command line can be seen by others of the machine. Tokens, keys and payloads are never printed.

Exit codes: 0 all is well, or there are warnings only; 1 something fails, or, with --strict, there are warnings; 2 the command line is wrong.
`;

/** Adds `streamer doctor`: what of a system is well, what is not, and what to do about it. */
export function addDoctorCommand(program: Command, defaultDataDir: string): void {
  program
    .command("doctor")
    .description("look at every part of a running system, say what is not well and what to do, and connect as a client does")
    .option("--json", "print JSON, on one line", false)
    .option("--strict", "end with 1 for warnings too", false)
    .option("--data-dir <path>", "the data directory of the local stack", defaultDataDir)
    .option("--app <name>", "the app of a deployed stage, as in sst.config.ts (default: that of sst shell)")
    .option("--stage <name>", "the deployed stage")
    .option("--region <name>", "its AWS Region (default: the SDK's own)")
    .option("--table <name>", "its table (default: the one that its Pipe reads)")
    .option("--url <url>", "where its clients connect, wss://… (default: that of sst shell)")
    .option("--jwt-key <file or url>", "what it verifies tokens by: a PEM file, or the URL of a JWKS (default: the secret of sst shell)")
    .addOption(
      new Option("--token <jwt>", "connect with this token (default: on the local stack, one that is made for it)").env("STREAMER_TOKEN"),
    )
    .option("--deep [action]", "carry an asynchronous request to its end too (default: generate_report)")
    .option("--payload <json>", "with --deep: what the action is given", toJson)
    .option("--deep-timeout <seconds>", "with --deep: how long it may take", toSeconds, DEFAULT_DEEP_TIMEOUT_SECONDS)
    .addHelpText("after", NOTES)
    .action(whenRun(async () => (await import("./run.ts")).runDoctor));
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError("It must be JSON.");
  }
}

function toSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds <= 0) throw new InvalidArgumentError("It must be a number of seconds, more than 0.");
  return seconds;
}
