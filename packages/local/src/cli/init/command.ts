import { resolve } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import { appName } from "./appName.ts";
import { nextSteps, PACKAGE_MANAGERS, runningPackageManager } from "./nextSteps.ts";
import type { PackageManager } from "./nextSteps.ts";
import { writeApp } from "./writeApp.ts";

interface InitOptions {
  readonly name?: string;
  readonly packageManager?: PackageManager;
}

export interface InitDeps {
  /** The folder that the command runs in. */
  readonly cwd: () => string;
  /** How the package manager that runs this calls itself; `undefined` when there is none. */
  readonly userAgent: () => string | undefined;
  readonly print: (text: string) => void;
}

const PROCESS: InitDeps = {
  cwd: () => process.cwd(),
  userAgent: () => process.env["npm_config_user_agent"],
  print: (text) => void process.stdout.write(text),
};

/** `streamer init <dir>` */
export function addInitCommand(program: Command, deps: InitDeps = PROCESS): void {
  program
    .command("init")
    .description("make a new app: two actions, a page that watches one, and what deploys them")
    .argument("<dir>", "an empty folder, or one to make")
    .option("--name <name>", "the app's name (default: the folder's)")
    .addOption(
      new Option("--package-manager <name>", "whose commands the next steps are told in (default: the one that runs this)").choices(
        PACKAGE_MANAGERS,
      ),
    )
    .action((folder: string, options: InitOptions) => runInit(folder, options, deps));
}

async function runInit(folder: string, options: InitOptions, { cwd, userAgent, print }: InitDeps): Promise<void> {
  const dir = resolve(cwd(), folder);
  const name = appName(dir, options.name);
  await writeApp(dir, name);
  print(nextSteps({ dir, name }, options.packageManager ?? runningPackageManager(userAgent()), cwd()));
}
