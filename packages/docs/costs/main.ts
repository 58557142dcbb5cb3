import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { renderCosts, scenarioCosts, withCosts } from "./page.ts";

/** `npm run costs -- [--json | --write]`: what requests and connections cost, from the call budget and list prices. */
const PAGE = join(import.meta.dirname, "../costs.md");
const { values } = parseArgs({ options: { json: { type: "boolean", default: false }, write: { type: "boolean", default: false } } });

if (values.write) {
  await writeFile(PAGE, withCosts(await readFile(PAGE, "utf8")));
  process.stdout.write(`Written: ${PAGE}\n`);
} else process.stdout.write(`${values.json ? JSON.stringify(scenarioCosts(), undefined, 2) : renderCosts()}\n`);
