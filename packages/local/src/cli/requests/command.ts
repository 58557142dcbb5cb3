import { ERROR_CODES, REQUEST_STATUSES } from "@streamer/protocol";
import { Option } from "commander";
import type { Command } from "commander";
import { addTargetOptions, DEFAULT_LIMIT, toLimit } from "../options.ts";
import { whenRun } from "../whenRun.ts";

const NOTES = `
Without --table it is the local stack that runs on the data directory. For a deployed stage name its table and management endpoint; the
AWS SDK finds credentials as ever. They need dynamodb:GetItem, BatchGetItem and Query on the table, and Query on its indexes; for cancel and
redrive also dynamodb:UpdateItem and DeleteItem on the table and execute-api:ManageConnections on the API, by which who watches is told.

Exit codes: 0 done; 1 failed, or not possible as the request stands; 2 the command line is wrong; 3 there is no such request.
`;

/** Adds `streamer requests`: where requests stand, ending them, and starting again what failed. */
export function addRequestsCommand(program: Command, defaultDataDir: string): void {
  const requests = program
    .command("requests")
    .description("look at requests, cancel them, and start again what failed")
    .addHelpText("after", NOTES);

  const add = (nameAndArguments: string): Command =>
    addTargetOptions(requests.command(nameAndArguments), defaultDataDir).addHelpText("after", NOTES);

  add("list")
    .description(
      "list the requests of one user, tenant or connection, newest first; without any of them the open ones of all, those due first, then the failed ones",
    )
    .option("--tenant <id>", "of this tenant only")
    .option("--user <id>", "of this user of the tenant only")
    .option("--connection <id>", "that this connection submitted")
    .addOption(
      new Option("--status <status>", "in this state only; completed and cancelled need --tenant or --connection").choices(
        REQUEST_STATUSES,
      ),
    )
    .option("--action <name>", "of this action only")
    .option("--dead-letters", "the failed ones, which can be redriven", false)
    .option("--limit <number>", "at most so many", toLimit, DEFAULT_LIMIT)
    .action(whenRun(async () => (await import("./run.ts")).runList));

  add("show <id>")
    .description("show all that is known of one request, but not what it works on")
    .option("--tenant <id>", "whose it is; without it, it is looked for among the open and failed requests of all")
    .option("--payload", "show its payload and metadata too", false)
    .action(whenRun(async () => (await import("./run.ts")).runShow));

  add("cancel <id>")
    .description("end a request that waits, and have the worker of one that runs end it")
    .requiredOption("--tenant <id>", "whose it is")
    .option("--reason <text>", "told to the client")
    .action(whenRun(async () => (await import("./run.ts")).runCancel));

  add("redrive [id]")
    .description(
      "start again a request that failed or was cancelled, or all dead letters of an action: the same id, all attempts anew. Clients that hold its handle see it go on",
    )
    .option("--tenant <id>", "whose it is; with --action: of this tenant only")
    .option("--action <name>", "all dead letters of this action, longest failed first")
    .addOption(new Option("--code <code>", "with --action: only those that failed with this code").choices(ERROR_CODES))
    .option("--limit <number>", "with --action: at most so many", toLimit, DEFAULT_LIMIT)
    .option("--dry-run", "change nothing, say what would be redriven", false)
    .action(whenRun(async () => (await import("./run.ts")).runRedrive));
}
