import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { bundleReport } from "./report.ts";
import { reportTable } from "./table.ts";

/** `npm run bundle -- [--json] [--runs 20] [--no-splitting]`: size and start of every Lambda. */
const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    runs: { type: "string", default: "20" },
    "no-splitting": { type: "boolean", default: false },
  },
});
const runs = Number(values.runs);
if (!Number.isSafeInteger(runs) || runs < 1) throw new RangeError(`--runs is "${values.runs}"; it must be a whole number of at least 1.`);

const report = await bundleReport({ root: resolve(import.meta.dirname, "../../.."), runs, splitting: !values["no-splitting"] });
process.stdout.write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : reportTable(report, runs));
