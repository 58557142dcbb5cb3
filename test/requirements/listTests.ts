import { relative } from "node:path";
import { createVitest } from "vitest/node";

/**
 * Prints the full names of all tests as JSON: `{ "path/of/file.test.ts": ["suite > test", …] }`. It is Vitest's own reading of the files, of all
 * projects, without running one; tests that this machine would skip are among them. A process of its own: there is one Vitest in each.
 */
const vitest = await createVitest("test", { root: process.cwd(), watch: false, run: false, reporters: [] });
try {
  const modules = await vitest.parseSpecifications(await vitest.getRelevantTestSpecifications());
  const names = modules.map((module) => [
    relative(process.cwd(), module.moduleId),
    [...module.children.allTests()].map((test) => test.fullName),
  ]);
  process.stdout.write(JSON.stringify(Object.fromEntries(names)));
} finally {
  await vitest.close();
}
