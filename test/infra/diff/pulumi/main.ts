import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { initStack } from "./initStack.ts";
import { preview } from "./preview.ts";

/**
 * Stands in for the `pulumi` that SST's CLI runs for `sst diff`: makes an empty stack, and evaluates the program that the CLI has bundled, with
 * Pulumi's mocks as its engine. Nothing is compared with anything.
 *
 * Environment: `STREAMER_DIFF_PLATFORM` (SST's platform), `STREAMER_DIFF_RESOURCES` (file for the resources that the program registers).
 */
const { values, positionals } = parseArgs({
  options: {
    stack: { type: "string" },
    "event-log": { type: "string" },
    "non-interactive": { type: "boolean" },
    config: { type: "string", multiple: true },
  },
  allowPositionals: true,
});
const command = positionals.join(" ");
if (positionals[0] === "stack" && positionals[1] === "init" && positionals[2] !== undefined) await initStack(positionals[2], process.cwd());
else if (command === "preview") {
  const { stack = "", "event-log": eventLog } = values;
  const [, app, stage] = stack.split("/");
  if (app === undefined || stage === undefined || eventLog === undefined)
    throw new Error(`"pulumi ${process.argv.slice(2).join(" ")}": --stack organization/<app>/<stage> and --event-log are needed.`);
  // A line of YAML that the CLI writes: `main: <path>`.
  const [, main] = /^main: (.+)$/m.exec(await readFile(join(process.cwd(), "Pulumi.yaml"), "utf8")) ?? [];
  if (main === undefined) throw new Error(`${process.cwd()}/Pulumi.yaml has no "main".`);
  preview({ main, app, stage, eventLog, platform: needed("STREAMER_DIFF_PLATFORM"), out: needed("STREAMER_DIFF_RESOURCES") });
} else
  throw new Error(`The CLI ran "pulumi ${process.argv.slice(2).join(" ")}", which has no stand-in. Add one to test/infra/diff/pulumi.`);

function needed(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: this is run by test/infra/diff only.`);
  return value;
}
