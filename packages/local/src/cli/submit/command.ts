import { MAX_METADATA_KEY_CHARS, REQUEST_ID_PATTERN } from "@streamer/protocol";
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import { addWireOptions, WIRE_NOTES } from "../wire/options.ts";
import { whenRun } from "../whenRun.ts";

/** So many requests that a screen and a stage are not surprised. */
const MAX_COUNT = 100;

const NOTES = `${WIRE_NOTES}
The result goes to stdout and all else to stderr, so that the result can be piped. Ctrl+C stops the watching only, and says how to come back;
the work goes on. When the connection breaks, it comes back by itself and misses nothing.

Exit codes: 0 completed, or accepted when it is not watched; 1 no connection; 2 the command line is wrong; 3 there is no such request;
4 the request was refused, failed or was cancelled; 130 interrupted.
`;

const SUBMIT_EXAMPLES = `
Examples:
  streamer submit echo --payload '{"message":"hello"}'
  streamer submit generate_report --payload '{"start_date":"2024-01-01","end_date":"2024-03-31"}' --watch
  streamer submit generate_report --payload @report.json --count 10
  STREAMER_TOKEN=… streamer submit echo --payload - --url wss://api.example.com --json
`;

/** Adds `streamer submit` and `streamer watch`: what a client does, from a shell. */
export function addSubmitCommands(program: Command, defaultDataDir: string): void {
  const submit = program
    .command("submit <action>")
    .description("send a request; with --watch show its progress, and its result at the end")
    .option("--payload <json>", "its input: JSON, @<file>, or - for the standard input", "{}")
    .option("--watch", "show a bar until it has ended (short actions are answered in any case)", false)
    .option("--count <number>", `send it so many times at once, and watch them all; 1 to ${MAX_COUNT}`, toCount)
    .option("--id <id>", "the request's id: sending it again never runs the work twice (with --count: <id>-1, <id>-2, …)", toId)
    .option("--metadata <key=value>", "kept with the request and given to its handler; may be repeated", addMetadata)
    .option("--cancel-on-interrupt", "at the first Ctrl+C cancel what is watched, at the second stop watching", false);
  addWireOptions(submit, defaultDataDir)
    .addHelpText("after", SUBMIT_EXAMPLES)
    .addHelpText("after", NOTES)
    .action(whenRun(async () => (await import("./run.ts")).runSubmit));

  const watch = program
    .command("watch <id>")
    .description("watch a request that was sent before, from its first update to its result")
    .option("--cancel-on-interrupt", "at the first Ctrl+C cancel it, at the second stop watching", false);
  addWireOptions(watch, defaultDataDir)
    .addHelpText("after", NOTES)
    .action(whenRun(async () => (await import("./run.ts")).runWatch));
}

function toCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_COUNT}.`);
  return count;
}

function toId(text: string): string {
  if (!REQUEST_ID_PATTERN.test(text)) throw new InvalidArgumentError("It must be 1 to 64 characters of A-Z a-z 0-9 _ -.");
  return text;
}

function addMetadata(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf("=");
  if (at < 1 || at > MAX_METADATA_KEY_CHARS)
    throw new InvalidArgumentError(`It is written key=value, with a key of 1 to ${MAX_METADATA_KEY_CHARS} characters.`);
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
