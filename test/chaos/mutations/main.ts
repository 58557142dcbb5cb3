import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { MUTATIONS } from "./index.ts";
import { mutated } from "./mutation.ts";
import type { Mutation } from "./mutation.ts";
import { runTests } from "./runTests.ts";
import { copyWorkspace } from "./workspace.ts";

// Breaks each thing of the list in a copy of the tree, and shows which test notices. Ends with 1 when one goes unnoticed.
const { values } = parseArgs({ options: { only: { type: "string" } } });
const { only } = values;
const chosen = MUTATIONS.filter(({ name, file }) => only === undefined || name.includes(only) || file.includes(only));
const workspace = copyWorkspace(fileURLToPath(new URL("../../../", import.meta.url)));
const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());

try {
  process.exitCode = (await allKilled()) ? 0 : 1;
} catch (error) {
  if (!stop.signal.aborted) throw error;
  process.exitCode = 1;
} finally {
  workspace.remove();
}

async function allKilled(): Promise<boolean> {
  if (chosen.length === 0) {
    console.error(`No mutation has "${only}" in its name or file.`);
    return false;
  }
  const { signal } = stop;
  const unbroken = await runTests(workspace.root, [...new Set(chosen.flatMap(({ tests }) => tests))], { bail: false, signal });
  if (!unbroken.passed && unbroken.failures.length === 0)
    throw new Error(`With nothing broken the tests could not be run:\n${unbroken.output}`);
  console.log("mutation | killed by\n-------- | ---------");
  let killed = 0;
  for (const mutation of chosen) {
    const failing = unbroken.failures.find(({ file }) => mutation.tests.includes(file));
    if (failing !== undefined) {
      console.log(`${mutation.name} | NOT TRIED: with nothing broken, "${failing.test}" fails`);
      continue;
    }
    const by = await killerOf(mutation);
    if (by !== undefined) killed += 1;
    console.log(`${mutation.name} | ${by ?? "NOBODY"}`);
  }
  console.log(`\n${killed} of ${chosen.length} mutations killed`);
  return killed === chosen.length;
}

/** The first test that fails; `undefined` when none does, or when nothing could be told. */
async function killerOf(mutation: Mutation): Promise<string | undefined> {
  const file = join(workspace.root, mutation.file);
  const source = readFileSync(file, "utf8");
  const broken = mutated(source, mutation);
  if (broken === undefined) {
    console.error(`The snippet of "${mutation.name}" is not exactly once in ${mutation.file}. Bring the list up to date.`);
    return undefined;
  }
  writeFileSync(file, broken);
  try {
    const { passed, failures, output } = await runTests(workspace.root, mutation.tests, { bail: true, signal: stop.signal });
    if (!passed && failures.length === 0) console.error(`The tests of "${mutation.name}" could not be run:\n${output}`);
    return failures[0]?.test;
  } finally {
    writeFileSync(file, source);
  }
}
