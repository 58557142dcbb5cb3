import type { Command } from "commander";
import { whenRun } from "../whenRun.ts";

const NOTES = `
It is made of the protocol's schemas and the app's actions, from the sources: no system need run. Rules that JSON Schema has no words for are left
out; the server checks them all the same.

Exit codes: 0 done; 1 the app cannot be loaded, or the file not written; 2 the command line is wrong.

Example:
  streamer asyncapi --out asyncapi.json --url wss://api.example.com
`;

/** Adds `streamer asyncapi`: the app's interface as a document that other tools read. */
export function addAsyncApiCommand(program: Command): void {
  program
    .command("asyncapi")
    .description("print what the app says over its WebSocket, as an AsyncAPI 3.0 document")
    .option("--out <file>", "write it there instead")
    .option("--url <url>", "where clients connect, wss://…, as the document's server")
    .option("--title <text>", "the document's title", "Streamer app")
    .option("--app-version <text>", "the version of the interface", "1.0.0")
    .option("--functions <path>", 'folder of the app\'s functions (default: "streamer.functions" of package.json)')
    .option("--json", "print JSON, on one line", false)
    .addHelpText("after", NOTES)
    .action(whenRun(async () => (await import("./run.ts")).runAsyncApi));
}
