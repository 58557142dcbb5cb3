import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { renderMetrics, withMetrics } from "./page.ts";

/** `npm run metrics -- [--write]`: the metric table as it stands in the code. */
const PAGE = join(import.meta.dirname, "../metrics.md");
const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });

if (values.write) {
  await writeFile(PAGE, withMetrics(await readFile(PAGE, "utf8")));
  process.stdout.write(`Written: ${PAGE}\n`);
} else process.stdout.write(`${renderMetrics()}\n`);
