import { resolve } from "node:path";
import { CLIENT_CORE, CLIENT_LIMIT_BYTES, clientBundleOf } from "../client/clientSize.ts";
import type { Benchmark, Figure } from "../suite/measurement.ts";
import { BARE_CLIENT, bundleReport, EMPTY } from "./report.ts";
import type { FunctionReport } from "./report.ts";
import { splitsBundles } from "./sstSettings.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const ROUTER = "router";
/** S-262: our own part of a cold start, in ms. */
const OWN_INIT_GOAL = { atMost: 100 } as const;
const CLIENT_GOAL = { atMost: 1.5 } as const;

/** What each function brings to its start, and what a page loads. */
export const bundleBenchmark: Benchmark = {
  name: "bundle",
  title: "Bundles and starts of functions",
  async run({ quick }) {
    const runs = quick ? 2 : 20;
    const report = await bundleReport({ root: ROOT, runs, splitting: await splitsBundles(ROOT) });
    const { sizeBytes } = await clientBundleOf(CLIENT_CORE);
    return {
      benchmark: "bundle",
      how:
        `Every function is bundled as a deploy does, and a fresh process loads it: median of ${runs} starts, which take turns; "own" is without what an ` +
        `empty handler takes. The client: minified and gzipped.`,
      figures: [
        ...functionFigures(report),
        {
          id: "bundle.client.kilobytes",
          what: "@streamer/client in a page",
          unit: "KB",
          ours: sizeBytes / 1024,
          goal: { atMost: CLIENT_LIMIT_BYTES / 1024 },
        },
      ],
    };
  },
};

/** Each function beside the bare client of DynamoDB, which none of them can do without. */
export function functionFigures(report: readonly FunctionReport[]): readonly Figure[] {
  const bare = report.find(({ name }) => name === BARE_CLIENT);
  if (bare === undefined) throw new Error(`${BARE_CLIENT} was not measured.`);
  return report
    .filter(({ name }) => name !== BARE_CLIENT && name !== EMPTY)
    .flatMap(({ name, kilobytes, initMs, overEmptyMs }): readonly Figure[] => {
      const goal = name === ROUTER ? { goal: CLIENT_GOAL } : {};
      const beside = "bare client-dynamodb";
      return [
        {
          id: `bundle.${name}.kilobytes`,
          what: `${name}: loaded at its start`,
          unit: "KB",
          ours: kilobytes,
          baseline: { what: beside, value: bare.kilobytes },
          ...goal,
        },
        {
          id: `bundle.${name}.init`,
          what: `${name}: init`,
          unit: "ms",
          ours: initMs,
          baseline: { what: beside, value: bare.initMs },
          ...goal,
        },
        { id: `bundle.${name}.own`, what: `${name}: own init`, unit: "ms", ours: overEmptyMs, goal: OWN_INIT_GOAL },
      ];
    });
}
