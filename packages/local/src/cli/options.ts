import { InvalidArgumentError } from "commander";
import type { Command } from "commander";

/** How many of a list are shown, and of many are changed, unless the command line says otherwise. */
export const DEFAULT_LIMIT = 1_000;

/** What every command takes that looks at a running system. */
export function addTargetOptions(command: Command, defaultDataDir: string): Command {
  return command
    .option("--json", "print JSON, on one line", false)
    .option("--data-dir <path>", "the data directory of the local stack", defaultDataDir)
    .option("--table <name>", "the table of a deployed stage")
    .option("--management-endpoint <url>", "its API: https://<api>.execute-api.<region>.amazonaws.com/<stage>")
    .option("--region <name>", "its AWS Region (default: the SDK's own)");
}

export function toLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isSafeInteger(limit) || limit < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return limit;
}
