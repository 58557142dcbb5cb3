import { Command, InvalidArgumentError } from "commander";
import { addActionsCommand } from "./actions/command.ts";
import { addAsyncApiCommand } from "./asyncapi/command.ts";
import { addConnectionsCommand } from "./connections/command.ts";
import { addDoctorCommand } from "./doctor/command.ts";
import { addInitCommand } from "./init/command.ts";
import { addRequestsCommand } from "./requests/command.ts";
import { addSubmitCommands } from "./submit/command.ts";
import { addTableCommand } from "./table/command.ts";
import { whenRun } from "./whenRun.ts";

/** Where the local stack keeps everything, beside the project. */
const DEFAULT_DATA_DIR = ".streamer";
const DEFAULT_PORT = 4000;

const DEV_EXIT_CODES = `
Exit codes:
  0  it was told to stop
  1  it could not start, or could not go on: the message says why, and what to do
  2  the command line is wrong`;

/** The whole command line, as data: `main.ts` runs it, and the page of the command line is written from it. */
export function createProgram(): Command {
  const program = new Command("streamer")
    .description("Streamer: long work behind an interactive screen, on AWS, with no servers.")
    .exitOverride();

  program
    .command("dev")
    .description("run the whole system on this machine")
    .option("--port <number>", "port of the WebSocket API and the console; 0 takes any free one", toPort, DEFAULT_PORT)
    .option("--data-dir <path>", "where tables, files and keys are kept; survives restarts", DEFAULT_DATA_DIR)
    .option("--endpoint <url>", "use this DynamoDB (DynamoDB Local, LocalStack) in place of the built-in engine")
    .option("--functions <path>", 'folder of the app\'s functions (default: "streamer.functions" of package.json)')
    .option("--no-watch", "do not reload functions whose sources change")
    .option("--chaos [seed]", "hurt the system: faults that a seed, a whole number, chooses (default: any seed)", toSeed)
    .option("--json", "print one line of JSON when ready, and logs as JSON on stderr", false)
    .option("--quiet", "no line for each request; warnings and errors only", false)
    .addHelpText("after", DEV_EXIT_CODES)
    .action(whenRun(async () => (await import("./dev.ts")).runDev));

  program
    .command("token")
    .description("mint a token for the local stack and print it")
    .option("--user <id>", "the token's sub", "demo")
    .option("--tenant <id>", "the token's tenant_id", "demo")
    .option("--permissions <list>", "permissions, separated by commas", "")
    .option("--expires-in <time>", "such as 1h, 30m or 2d", "1h")
    .option("--data-dir <path>", "the data directory of the local stack", DEFAULT_DATA_DIR)
    .option("--json", "print JSON, on one line", false)
    .action(whenRun(async () => (await import("./token.ts")).runToken));

  addActionsCommand(program);
  addAsyncApiCommand(program);
  addConnectionsCommand(program, DEFAULT_DATA_DIR);
  addDoctorCommand(program, DEFAULT_DATA_DIR);
  addInitCommand(program);
  addRequestsCommand(program, DEFAULT_DATA_DIR);
  addSubmitCommands(program, DEFAULT_DATA_DIR);
  addTableCommand(program);
  return program;
}

function toPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
  return port;
}

function toSeed(text: string): number {
  const seed = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(seed)) throw new InvalidArgumentError("A seed is a whole number, such as 42.");
  return seed;
}
