import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { chooseBenchmarks, UnknownBenchmarkError } from "./suite/chooseBenchmarks.ts";
import { benchmarkList } from "./suite/list.ts";
import { withFigures } from "./suite/page.ts";
import { reportOf, thisCommit, thisMachine, withRun } from "./suite/report.ts";
import type { BenchReport } from "./suite/report.ts";
import { runBenchmarks } from "./suite/runBenchmarks.ts";
import { figuresTable } from "./suite/table.ts";

const USAGE = `npm run bench -- [names…] [--quick] [--json] [--write]

  names    these benchmarks only (default: all)
  --quick  a few rounds of each: to see that they work, not for figures
  --json   print one JSON document
  --write  keep the figures: packages/docs/figures/figures.json, and the tables of packages/docs/figures.md

Exit codes: 0 measured, whatever the figures are; 1 a benchmark broke; 2 the command line is wrong.
`;
const ROOT = resolve(import.meta.dirname, "../..");
const STORED = resolve(ROOT, "packages/docs/figures/figures.json");
const PAGE = resolve(ROOT, "packages/docs/figures.md");
const say = (line: string): void => void process.stderr.write(`${line}\n`);

try {
  process.exitCode = await main();
} catch (error) {
  if (!isUsageError(error)) throw error;
  say(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { quick, json, write } = values;
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const chosen = chooseBenchmarks(benchmarkList, positionals);
  if (quick && write) {
    say("--quick is too short for figures that are kept: leave out one of --quick and --write.");
    return 2;
  }
  const { measurements, broken } = await runBenchmarks(chosen, { quick, say }, ({ title }, measurement) => {
    if (!json) process.stdout.write(`\n## ${title}\n\n${measurement.how}\n\n${figuresTable(measurement)}\n\n`);
  });
  const run = reportOf(measurements, { machine: thisMachine(), date: new Date().toISOString(), commit: await thisCommit(ROOT) });
  if (json) process.stdout.write(`${JSON.stringify(run, undefined, 2)}\n`);
  if (write && measurements.length > 0) await store(run);
  for (const { name, error } of broken) say(`The benchmark "${name}" broke: ${error.stack ?? error.message}`);
  return broken.length === 0 ? 0 : 1;
}

async function store(run: BenchReport): Promise<void> {
  const before = await readFile(STORED, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  const order = benchmarkList.map(({ name }) => name);
  const report = withRun(before === undefined ? undefined : (JSON.parse(before) as BenchReport), run, order);
  const page = withFigures(await readFile(PAGE, "utf8"), report);
  await writeFile(STORED, `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFile(PAGE, page);
  say(`Written: ${STORED} and ${PAGE}`);
}

/** By the codes of node:util's parseArgs. */
function isUsageError(error: unknown): error is Error {
  if (error instanceof UnknownBenchmarkError) return true;
  return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_");
}
