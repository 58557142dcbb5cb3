import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { build } from "esbuild";
import type { Measured } from "./entry.ts";

/**
 * `node --conditions=@streamer/source test/bench/metrics/main.ts [--runs 15]`: what it costs a function to publish its own metrics, the
 * first time in a sandbox and each time after. Bundled as a deploy does it, each run in a process of its own; medians.
 */
const LATER = 2_000;
const { values } = parseArgs({ options: { runs: { type: "string", default: "15" } } });
const run = promisify(execFile);

const dir = await mkdtemp(join(tmpdir(), "streamer-bench-"));
try {
  const { metafile } = await build({
    entryPoints: [join(import.meta.dirname, "entry.ts")],
    outdir: dir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node24",
    conditions: ["@streamer/source"],
    metafile: true,
    banner: { js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);` },
  });
  const late = Object.entries(metafile.outputs).filter(([, { inputs }]) =>
    Object.keys(inputs).some((path) => path.includes("powertools/metrics")),
  );
  const script = join(dir, "run.mjs");
  // The lines of the metrics go to the output, so the numbers go to the other one.
  await writeFile(script, `import { measure } from "./entry.mjs"; process.stderr.write(JSON.stringify(await measure(${LATER})));`);
  const measured: Measured[] = [];
  for (let index = 0; index < Number(values.runs); index += 1) {
    const { stderr } = await run(process.execPath, ["--no-warnings", script], { maxBuffer: 64 * 1024 * 1024 });
    measured.push(JSON.parse(stderr) as Measured);
  }
  const median = (of: keyof Measured): string => {
    const sorted = measured.map((one) => one[of]).toSorted((a, b) => a - b);
    return (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(3);
  };
  const lateKb = (late.reduce((sum, [, { bytes }]) => sum + bytes, 0) / 1024).toFixed(1);
  process.stdout.write(
    [
      `Powertools' metrics in the bundle, loaded late: ${lateKb} KB`,
      `first publication in a sandbox: ${median("firstMs")} ms`,
      `second: ${median("secondMs")} ms`,
      `each of ${LATER} after: ${median("laterMs")} ms; a line put together by hand: ${median("plainMs")} ms`,
      "",
    ].join("\n"),
  );
} finally {
  await rm(dir, { recursive: true, force: true });
}
