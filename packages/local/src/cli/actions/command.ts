import type { Command } from "commander";
import { whenRun } from "../whenRun.ts";

const NOTES = `
It is read from the app's sources, and no system need run: the folder of its functions, which holds src/actions/index.ts.

Exit codes: 0 done; 1 the app cannot be loaded; 2 the command line is wrong; 3 there is no such action.

Examples:
  streamer actions
  streamer actions show generate_report
  streamer actions show generate_report --json | jq .input_schema
`;

/** Adds `streamer actions`: what an app can be asked for. */
export function addActionsCommand(program: Command): void {
  const actions = program.command("actions").description("list what the app can be asked for, and show one action with its schema");
  const add = (nameAndArguments: string, isDefault: boolean): Command =>
    actions
      .command(nameAndArguments, { isDefault })
      .option("--functions <path>", 'folder of the app\'s functions (default: "streamer.functions" of package.json)')
      .option("--json", "print JSON, on one line", false)
      .addHelpText("after", NOTES);
  add("list", true)
    .description("list all actions, short and long, with what they ask for")
    .action(whenRun(async () => (await import("./run.ts")).runList));
  add("show <name>", false)
    .description("show all that is known of one action: its limits, the JSON Schema of its input and result, payloads that work")
    .action(whenRun(async () => (await import("./run.ts")).runShow));
}
