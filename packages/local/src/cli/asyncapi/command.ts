import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { findFunctionsDir, loadApp } from "../../stack/app.ts";
import { CommandError, EXIT } from "../failure.ts";
import { asyncApiDocument } from "./document.ts";

interface AsyncApiCommandOptions {
  readonly functions?: string;
  readonly out?: string;
  readonly url?: string;
  readonly title: string;
  readonly appVersion: string;
  readonly json: boolean;
}

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
    .action(runAsyncApi);
}

async function runAsyncApi({ functions, out, url, title, appVersion, json }: AsyncApiCommandOptions): Promise<void> {
  if (url !== undefined && !/^wss?:$/.test(URL.parse(url)?.protocol ?? ""))
    throw new CommandError(EXIT.usage, `"${url}" is not where clients connect. Pass the stage's address, wss://….`);
  const { actions } = await loadApp(await findFunctionsDir(functions, process.cwd()));
  const text = `${JSON.stringify(asyncApiDocument({ actions, title, version: appVersion, url }), undefined, json ? undefined : 2)}\n`;
  if (out === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    await writeFile(out, text);
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new CommandError(EXIT.failure, `"${out}" cannot be written (${code}). Name another file with --out.`, { cause: error });
  }
  process.stderr.write(`Written: ${out}\n`);
}
