import { access, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Actions } from "@streamer/protocol";

/** The app that the local stack runs: a folder with `src/actions/index.ts`, the entries the wiring names, and, if it likes, `src/seed.ts`. */
export interface App {
  readonly functionsDir: string;
  readonly actions: Actions;
  /** Lays the app's sample data into a table. */
  readonly seed: ((client: DynamoDBClient, tableName: string) => Promise<void>) | undefined;
}

/** The folder named on the command line, or by `"streamer": { "functions": "…" }` in the project's package.json. */
export async function findFunctionsDir(option: string | undefined, projectDir: string): Promise<string> {
  if (option !== undefined) return resolve(projectDir, option);
  const path = join(projectDir, "package.json");
  const manifest = JSON.parse(await readFile(path, "utf8").catch(() => "{}")) as { streamer?: { functions?: unknown } };
  const named = manifest.streamer?.functions;
  if (typeof named === "string") return resolve(projectDir, named);
  throw new Error(`Which functions? Pass --functions <path>, or put "streamer": { "functions": "<path>" } into ${path}.`);
}

export async function loadApp(functionsDir: string): Promise<App> {
  const actionsPath = join(functionsDir, "src/actions/index.ts");
  if (!(await exists(actionsPath))) throw new Error(`There is no ${actionsPath}. It must export the app's "actions" (defineActions).`);
  const { actions } = (await imported(actionsPath)) as { actions?: Actions };
  if (actions === undefined)
    throw new Error(`${actionsPath} exports no "actions". Export them: export const actions = defineActions({ … }).`);
  const seedPath = join(functionsDir, "src/seed.ts");
  const seed = (await exists(seedPath)) ? ((await imported(seedPath)) as Pick<App, "seed">).seed : undefined;
  return { functionsDir, actions, seed };
}

async function imported(path: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (cause) {
    const { name, message } = cause instanceof Error ? cause : { name: typeof cause, message: String(cause) };
    throw new Error(`${path} cannot be loaded: ${name}: ${message}. Mend it, and start again.`, { cause });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
