import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { actions } from "@streamer/functions/actions";
import { createWiring } from "@streamer/server/wiring";
import type { FunctionSpec, Wiring } from "@streamer/server/wiring";
import { buildFunction } from "./buildFunction.ts";
import type { Entry, FunctionBundle, PackageBytes } from "./buildFunction.ts";
import { functionEnv } from "./functionEnv.ts";
import { medianStartsMs } from "./startTime.ts";

export const EMPTY = "(empty handler)";
export const BARE_CLIENT = "(client-dynamodb)";

/** What every function is compared with. */
const BASELINES: ReadonlyMap<string, Entry> = new Map([
  [EMPTY, { source: "export const handler = async () => {};" }],
  [
    BARE_CLIENT,
    {
      source: `import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
const client = new DynamoDBClient({});
export const handler = async () => client;`,
    },
  ],
]);

export interface FunctionReport {
  readonly name: string;
  /** Minified, what loads at the start. */
  readonly kilobytes: number;
  /** Minified, what loads at its first use. */
  readonly lateKilobytes: number;
  /** Median time to load the bundle in a fresh process. */
  readonly initMs: number;
  readonly overEmptyMs: number;
  /** `initMs` in terms of the bare client's. */
  readonly timesClient: number;
  /** The largest by bytes. */
  readonly packages: readonly PackageBytes[];
}

export interface BundleReportOptions {
  /** The repository. */
  readonly root: string;
  /** Starts of each. */
  readonly runs: number;
  readonly splitting: boolean;
}

/** Builds every Lambda of the app as a deploy does, and times how each loads. */
export async function bundleReport(options: BundleReportOptions): Promise<readonly FunctionReport[]> {
  const { root, runs, splitting } = options;
  const functionsDir = join(root, "packages/functions");
  const outDir = await mkdtemp(join(tmpdir(), "streamer-bundle-"));
  try {
    const bundles = new Map<string, FunctionBundle>();
    // The export conditions are those of sst.config.ts.
    const build = { root, outDir, splitting, conditions: ["@streamer/source", "module"] };
    const specs = functionsOf(createWiring(actions)).map((spec): [string, Entry] => [spec.name, { file: modulePath(functionsDir, spec) }]);
    for (const [name, entry] of [...BASELINES, ...specs]) bundles.set(name, await buildFunction(name, entry, build));
    const paths = new Map([...bundles].map(([name, { path }]) => [name, path]));
    return compare(bundles, await medianStartsMs(paths, functionEnv(), runs));
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

/** All functions that a deployment has. */
export function functionsOf(wiring: Wiring): readonly FunctionSpec[] {
  return [
    ...Object.values(wiring.routes),
    ...wiring.processors.map((processor) => processor.function),
    wiring.notifier.function,
    ...wiring.schedules.map((schedule) => schedule.function),
  ];
}

/** Each function beside the baselines. */
export function compare(bundles: ReadonlyMap<string, FunctionBundle>, startsMs: ReadonlyMap<string, number>): readonly FunctionReport[] {
  const startOf = (name: string): number => {
    const timeMs = startsMs.get(name);
    if (timeMs === undefined) throw new Error(`The start of ${name} was not measured.`);
    return timeMs;
  };
  return [...bundles].map(([name, { bytes, lateBytes, packages }]) => ({
    name,
    kilobytes: bytes / 1024,
    lateKilobytes: lateBytes / 1024,
    initMs: startOf(name),
    overEmptyMs: startOf(name) - startOf(EMPTY),
    timesClient: startOf(name) / startOf(BARE_CLIENT),
    packages: packages.slice(0, 5),
  }));
}

function modulePath(functionsDir: string, { handler }: FunctionSpec): string {
  return join(functionsDir, `${handler.slice(0, handler.lastIndexOf("."))}.ts`);
}
