import { pathToFileURL } from "node:url";
import type { Actions } from "@streamer/protocol";
import { bundleWithInputs } from "../lambda/bundle/bundleFunctions.ts";
import type { FunctionBundle } from "../lambda/bundle/bundleFunctions.ts";
import { SOURCE_CONDITIONS } from "../lambda/bundle/sourceConditions.ts";

/** The name of the bundle. No function has it: processors' names begin with `process_`. */
const NAME = "definitions";

/** Bundles what `loadApp` imports: as one module, since a module that is loaded once is never read again. @throws BundleError */
export async function bundleDefinitions(root: string, outDir: string): Promise<FunctionBundle> {
  const spec = { name: NAME, handler: "src/actions/index.actions", timeoutMs: 0, memory: "0 MB" } as const;
  const bundle = (await bundleWithInputs([spec], { root, outDir, conditions: SOURCE_CONDITIONS })).get(NAME);
  if (bundle === undefined) throw new Error("The definitions of actions were bundled into nothing.");
  return bundle;
}

/** Runs the bundle in this process. Its path must be a new one. @throws what its top level throws */
export async function importDefinitions({ path }: FunctionBundle): Promise<Actions> {
  const { actions } = (await import(pathToFileURL(path).href)) as { readonly actions: Actions };
  return actions;
}
