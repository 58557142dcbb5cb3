import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { bundleReport } from "./report.ts";
import { splitsBundles } from "./sstSettings.ts";
import { reportTable } from "./table.ts";

/**
 * `npm run bundle -- [--json] [--runs 20] [--splitting | --no-splitting]`: size and start of every Lambda, bundled as `sst.config.ts`
 * says unless told otherwise.
 */
const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    runs: { type: "string", default: "20" },
    splitting: { type: "boolean" },
  },
  allowNegative: true,
});
const runs = Number(values.runs);
if (!Number.isSafeInteger(runs) || runs < 1) throw new RangeError(`--runs is "${values.runs}"; it must be a whole number of at least 1.`);

const root = resolve(import.meta.dirname, "../../..");
const splitting = values.splitting ?? (await splitsBundles(root));
const report = await bundleReport({ root, runs, splitting });
const how = `Minified, ${splitting ? "cold parts in files of their own" : "one file each"}; median of ${runs} process starts.`;
process.stdout.write(values.json ? `${JSON.stringify({ splitting, runs, functions: report }, undefined, 2)}\n` : reportTable(report, how));
