import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { renderPlan, withPlan } from "./page.ts";
import { planFor } from "./plan.ts";

/** `npm run capacity -- [--rate 10000] [--json | --write]`: what so many asynchronous requests a second take of AWS. */
const PAGE = join(import.meta.dirname, "../capacity.md");
/** The page's own: S-269 and S-270. */
const PAGE_RATE = 10_000;
const { values } = parseArgs({
  options: {
    rate: { type: "string", default: String(PAGE_RATE) },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});

const plan = planFor(Number(values.rate));
if (values.write) {
  if (plan.rate !== PAGE_RATE) throw new RangeError(`The page is for ${PAGE_RATE} requests/s: leave --rate out to write it.`);
  await writeFile(PAGE, withPlan(await readFile(PAGE, "utf8"), plan));
  process.stdout.write(`Written: ${PAGE}\n`);
} else process.stdout.write(`${values.json ? JSON.stringify(plan, undefined, 2) : renderPlan(plan)}\n`);
