import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import type { Benchmark, Figure } from "../suite/measurement.ts";

const COSTS = resolve(import.meta.dirname, "../../../packages/docs/costs/main.ts");

/** What of its answer is used. */
interface Cost {
  readonly title: string;
  readonly dollars: number;
  readonly goalDollars?: number;
}

/** What it costs on AWS, computed: the only figures here that are not measured. */
export const costBenchmark: Benchmark = {
  name: "cost",
  title: "Cost",
  async run() {
    const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@streamer/source", COSTS, "--json"]);
    return {
      benchmark: "cost",
      how: "Computed from what each step calls and AWS's list prices by `npm run costs`; without handler compute, logs and storage, which costs.md has.",
      figures: (JSON.parse(stdout) as readonly Cost[]).flatMap(({ title, dollars, goalDollars }, index): readonly Figure[] =>
        goalDollars === undefined ? [] : [{ id: `cost.${index}`, what: title, unit: "USD", ours: dollars, goal: { atMost: goalDollars } }],
      ),
    };
  },
};
