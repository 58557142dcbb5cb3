import type { Wiring } from "@streamer/server";
import type { App } from "../../stack/app.ts";
import type { ActionView } from "../contract.ts";
import { loadExamples } from "./examples.ts";
import { inputSchemaOf } from "./inputSchema.ts";

/** Every action of an app, as a form can be made of it. Examples that cannot be loaded are none: the action works without. */
export async function actionViews(
  { actions, functionsDir }: App,
  { processors }: Pick<Wiring, "processors">,
): Promise<readonly ActionView[]> {
  const asynchronous = new Set(processors.map(({ action }) => action));
  return Promise.all(
    Object.entries(actions).map(async ([key, action]) => ({
      name: action.name,
      asynchronous: asynchronous.has(action.name),
      estimatedDurationMs: action.estimatedDurationMs,
      timeoutMs: action.timeoutMs,
      attempts: action.retry.attempts,
      permissions: action.permissions,
      ...inputSchemaOf(action),
      examples: await loadExamples(functionsDir, key).catch(() => []),
    })),
  );
}
