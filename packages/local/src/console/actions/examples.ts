import { access } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as v from "valibot";
import type { ExampleView } from "../contract.ts";

const examplesModule = v.object({
  validExamples: v.optional(v.array(v.object({ title: v.string(), payload: v.unknown() })), []),
  invalidExamples: v.optional(v.array(v.object({ title: v.string(), payload: v.unknown(), code: v.string() })), []),
});

/**
 * The payloads of `src/actions/<key>/examples.ts`, when the app has it: `validExamples` with a title and a payload each, and
 * `invalidExamples` with the code that they are refused with.
 *
 * @throws when the file is there and cannot be loaded, or exports something else.
 */
export async function loadExamples(functionsDir: string, actionKey: string): Promise<readonly ExampleView[]> {
  const path = join(functionsDir, "src/actions", actionKey, "examples.ts");
  if (!(await isThere(path))) return [];
  const { validExamples, invalidExamples } = v.parse(examplesModule, await import(pathToFileURL(path).href));
  return [
    ...validExamples.map(({ title, payload }) => ({ title, payload })),
    ...invalidExamples.map(({ title, payload, code }) => ({ title, payload, error: code })),
  ];
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
