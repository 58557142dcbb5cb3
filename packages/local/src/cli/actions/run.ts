import type { Action } from "@streamer/protocol";
import { createWiring } from "@streamer/server";
import { actionViews } from "../../console/actions/actionViews.ts";
import type { ActionView } from "../../console/contract.ts";
import { findFunctionsDir, loadApp } from "../../stack/app.ts";
import type { App } from "../../stack/app.ts";
import { jsonSchemaOf } from "../../schema/jsonSchema.ts";
import { CommandError, EXIT } from "../failure.ts";
import { listAsJson, listAsText, viewAsJson, viewAsText } from "./show.ts";

export interface ActionsOptions {
  readonly functions?: string;
  readonly json: boolean;
}

export async function runList(options: ActionsOptions): Promise<void> {
  const { views } = await load(options);
  process.stdout.write(options.json ? listAsJson(views) : listAsText(views));
}

export async function runShow(name: string, options: ActionsOptions): Promise<void> {
  const { app, views } = await load(options);
  const view = views.find((one) => one.name === name);
  const action = Object.values<Action>(app.actions).find((one) => one.name === name);
  if (view === undefined || action === undefined) {
    const names = views.map((one) => one.name).join(", ");
    throw new CommandError(EXIT.notFound, `The app has no action "${name}". It has: ${names}.`);
  }
  const outputSchema = jsonSchemaOf(action.output, "output");
  process.stdout.write(options.json ? viewAsJson(view, outputSchema) : viewAsText(view, outputSchema));
}

async function load({ functions }: ActionsOptions): Promise<{ readonly app: App; readonly views: readonly ActionView[] }> {
  const app = await loadApp(await findFunctionsDir(functions, process.cwd()));
  return { app, views: await actionViews(app, createWiring(app.actions)) };
}
