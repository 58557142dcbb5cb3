import type { FunctionSpec } from "@streamer/server";
import { BundleError, bundleWithInputs } from "../lambda/bundle/bundleFunctions.ts";
import type { FunctionBundle } from "../lambda/bundle/bundleFunctions.ts";
import { SOURCE_CONDITIONS } from "../lambda/bundle/sourceConditions.ts";

export interface BuiltCode {
  readonly bundles: ReadonlyMap<string, FunctionBundle>;
  /** Messages of what did not build, each once: functions share their sources. */
  readonly errors: readonly string[];
  readonly failed: ReadonlySet<string>;
}

/** Bundles functions; one that does not build holds none of the others back. */
export async function buildCode(specs: readonly FunctionSpec[], root: string, outDir: string): Promise<BuiltCode> {
  const options = { root, outDir, conditions: SOURCE_CONDITIONS };
  const bundles = new Map<string, FunctionBundle>();
  const errors = new Set<string>();
  const failed = new Set<string>();
  const build = async (some: readonly FunctionSpec[]): Promise<BundleError | undefined> => {
    try {
      for (const [name, bundle] of await bundleWithInputs(some, options)) bundles.set(name, bundle);
      return undefined;
    } catch (error) {
      if (error instanceof BundleError) return error;
      throw error;
    }
  };
  if ((await build(specs)) !== undefined) {
    for (const spec of specs) {
      const error = await build([spec]);
      if (error === undefined) continue;
      failed.add(spec.name);
      errors.add(error.message);
    }
  }
  return { bundles, errors: [...errors], failed };
}
