import type { Command } from "commander";
import { whenRun } from "../whenRun.ts";

const NOTES = `
With --endpoint it is the DynamoDB there: DynamoDB Local, LocalStack, the engine of "streamer dev". Without, it is AWS itself. The AWS SDK
finds credentials and Region as ever; on this machine (127.0.0.1, localhost, [::1]) neither is needed. They need dynamodb:DescribeTable,
DescribeTimeToLive and DescribeContinuousBackups; for create also CreateTable, UpdateTimeToLive and UpdateContinuousBackups.

A deployed stage has its table from "sst deploy": create is for an engine, or for a table that you keep outside of the stack.

Exit codes: 0 the table is as the system needs it; 1 it is not, or DynamoDB did not answer; 2 the command line is wrong; 3 there is no such table.
`;

/** Adds `streamer table`: makes the one table on any DynamoDB, and tells whether one is as it should be. */
export function addTableCommand(program: Command): void {
  const table = program
    .command("table")
    .description("make the table on any DynamoDB, and compare one with what the system needs")
    .addHelpText("after", NOTES);

  const add = (name: string): Command =>
    table
      .command(name)
      .requiredOption("--table <name>", "the table")
      .option("--endpoint <url>", "the DynamoDB (default: AWS)")
      .option("--region <name>", "its AWS Region (default: the SDK's own)")
      .option("--json", "print JSON, on one line", false)
      .addHelpText("after", NOTES);

  add("create")
    .description(
      "make the table with its indexes, stream, TTL and, where that is known, point-in-time recovery; one that is there is completed, and never changed otherwise",
    )
    .action(whenRun(async () => (await import("./run.ts")).runCreate));
  add("describe")
    .description("compare a table with what the system needs, and change nothing")
    .action(whenRun(async () => (await import("./run.ts")).runDescribe));
}
