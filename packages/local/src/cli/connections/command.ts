import { Option } from "commander";
import type { Command } from "commander";
import { addTargetOptions, DEFAULT_LIMIT, toLimit } from "../options.ts";
import { whenRun } from "../whenRun.ts";

const DEFAULT_REASON = "disconnected by an operator";

const NOTES = `
Without --table it is the local stack that runs on the data directory. For a deployed stage name its table and management endpoint; the
AWS SDK finds credentials as ever. They need dynamodb:Query, GetItem, UpdateItem and DeleteItem on the table (Scan for a list without
--tenant) and execute-api:ManageConnections on the API.

Exit codes: 0 done; 1 failed; 2 the command line is wrong; 3 there is no such connection.
`;

/** Adds `streamer connections`: who is connected, and ending it. */
export function addConnectionsCommand(program: Command, defaultDataDir: string): void {
  const connections = program.command("connections").description("look at the open connections, and end them").addHelpText("after", NOTES);

  const add = (nameAndArguments: string): Command =>
    addTargetOptions(connections.command(nameAndArguments), defaultDataDir).addHelpText("after", NOTES);

  add("list")
    .description("list connections, newest first those of one user or tenant; without --tenant the whole table is read")
    .option("--tenant <id>", "of this tenant only")
    .option("--user <id>", "of this user of the tenant only")
    .addOption(
      new Option("--status <status>", "ask API Gateway of each: stale ones have a record and no socket").choices(["open", "stale"]),
    )
    .option("--limit <number>", "at most so many", toLimit, DEFAULT_LIMIT)
    .action(whenRun(async () => (await import("./run.ts")).runList));

  add("show <id>")
    .description("show all that is known of one connection")
    .action(whenRun(async () => (await import("./run.ts")).runShow));

  add("disconnect [id]")
    .description(
      "end one connection, or all of a tenant or of one of its users. Work they started goes on. Their tokens stay good until they expire: withdraw them where they are issued, or the clients come back",
    )
    .option("--tenant <id>", "all of this tenant")
    .option("--user <id>", "all of this user of the tenant")
    .option("--reason <text>", "told to the client", DEFAULT_REASON)
    .action(whenRun(async () => (await import("./run.ts")).runDisconnect));
}
