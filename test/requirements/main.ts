import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { problemsOf } from "./check.ts";
import { GROUPS } from "./groups/index.ts";
import { PAGE, renderPage, summary } from "./page.ts";
import { readTestNames, ROOT } from "./testNames.ts";

/** `npm run requirements -- [--write]`: says what is wrong with the table of requirements, and writes its page. Ends with 1 when something is wrong. */
const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });

const problems = problemsOf(GROUPS, { exists: (path) => existsSync(join(ROOT, path)), tests: await readTestNames() });
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (values.write) {
  await writeFile(join(ROOT, PAGE), renderPage(GROUPS));
  process.stdout.write(`Written: ${PAGE}\n`);
}
process.stdout.write(`${summary(GROUPS)}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
