import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildFunction } from "./buildFunction.ts";
import { functionEnv } from "./functionEnv.ts";
import type { BundleReportOptions } from "./report.ts";
import { median, startTimeMs } from "./startTime.ts";

/** What tracing in detail costs a function at its start. */
export interface TracingCost {
  readonly name: string;
  /** Minified, of Powertools' tracer and the X-Ray SDK: in the bundle in any case, loaded only when tracing is on. */
  readonly tracingKilobytes: number;
  /** Median time to load the bundle and take a first traced step, with tracing off and on. */
  readonly offMs: number;
  readonly onMs: number;
}

const ENTRIES = { router: "router", process_generate_report: "actions/generateReport/processor" };
const TRACER = "./packages/server/src/observability/tracing";

/** Builds functions that take one traced step when they have loaded, and times them with tracing off and on. */
export async function tracingCosts({ root, runs, splitting }: BundleReportOptions): Promise<readonly TracingCost[]> {
  const outDir = await mkdtemp(join(tmpdir(), "streamer-tracing-"));
  const build = (name: string, source: string) =>
    buildFunction(name, { source }, { root, outDir, splitting, conditions: ["@streamer/source", "module"] });
  try {
    const costs: TracingCost[] = [];
    for (const [name, entry] of Object.entries(ENTRIES)) {
      const own = `export { handler } from "./packages/functions/src/${entry}.ts";\n`;
      const step = `import { createTracer } from "${TRACER}/createTracer.ts";
// A function would go on without what cannot be loaded; a measurement would be of nothing.
const logger = { warn: (_message, { error }) => { throw error; } };
await createTracer({ logger }).segment("connect", async () => {});`;
      const { path } = await build(name, own + step);
      const within = await build(`${name}_within`, `${own}import "${TRACER}/powertoolsTracer.ts";`);
      const without = await build(`${name}_without`, own);
      const off: number[] = [];
      const on: number[] = [];
      // They take turns, so that a busy moment of the machine meets both alike.
      for (let run = 0; run < runs; run += 1) {
        off.push(await startTimeMs(path, envOf("false")));
        on.push(await startTimeMs(path, envOf("true")));
      }
      const tracingKilobytes = (within.bytes - without.bytes) / 1024;
      costs.push({ name, tracingKilobytes, offMs: median(off), onMs: median(on) });
    }
    return costs;
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

/** As Lambda sets it for a function that is traced. */
function envOf(traced: string): Readonly<Record<string, string>> {
  return {
    ...functionEnv(),
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    LAMBDA_TASK_ROOT: "/var/task",
    _X_AMZN_TRACE_ID: "Root=1-00000001-000000000000000000000001;Parent=0000000000000001;Sampled=0",
    POWERTOOLS_TRACE_ENABLED: traced,
  };
}

/** The costs as text, for people. */
export function tracingTable(costs: readonly TracingCost[], runs: number): string {
  const lines = costs.map(
    ({ name, tracingKilobytes, offMs, onMs }) =>
      `${name}: ${tracingKilobytes.toFixed(0)} KB, ${offMs.toFixed(1)} ms off, ${onMs.toFixed(1)} ms on, ${(onMs - offMs).toFixed(1)} ms more`,
  );
  return [`Tracing in detail; median of ${runs} process starts.`, "", ...lines, ""].join("\n");
}
