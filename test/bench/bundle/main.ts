import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { bundleReport } from "./report.ts";
import { splitsBundles } from "./sstSettings.ts";
import { reportTable } from "./table.ts";
import { tracingCosts, tracingTable } from "./tracingCost.ts";

/**
 * `npm run bundle -- [--json] [--runs 20] [--splitting | --no-splitting]`: size and start of every Lambda, bundled as `sst.config.ts`
 * says unless told otherwise. `--tracing`: what tracing in detail adds to it instead.
 */
const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    runs: { type: "string", default: "20" },
    splitting: { type: "boolean" },
    tracing: { type: "boolean", default: false },
  },
  allowNegative: true,
});
const runs = Number(values.runs);
if (!Number.isSafeInteger(runs) || runs < 1) throw new RangeError(`--runs is "${values.runs}"; it must be a whole number of at least 1.`);

const root = resolve(import.meta.dirname, "../../..");
const splitting = values.splitting ?? (await splitsBundles(root));
if (values.tracing) {
  const costs = await tracingCosts({ root, runs, splitting });
  process.stdout.write(
    values.json ? `${JSON.stringify({ splitting, runs, functions: costs }, undefined, 2)}\n` : tracingTable(costs, runs),
  );
} else {
  const report = await bundleReport({ root, runs, splitting });
  const how = `Minified, ${splitting ? "cold parts in files of their own" : "one file each"}; median of ${runs} process starts.`;
  process.stdout.write(
    values.json ? `${JSON.stringify({ splitting, runs, functions: report }, undefined, 2)}\n` : reportTable(report, how),
  );
}
