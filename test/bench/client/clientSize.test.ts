import { gzipSync } from "node:zlib";
import { resolve } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";

const LIMIT_BYTES = 12 * 1024;
const CORE = "createClient, StreamerClient, StreamerError";

interface Bundle {
  readonly sizeBytes: number;
  readonly inputs: readonly string[];
}

/** What a page loads that imports these names, minified and gzipped. */
async function bundleOf(names: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export { ${names} } from "@streamer/client";`, resolveDir: resolve(import.meta.dirname, "../../..") },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    conditions: ["@streamer/source"],
    write: false,
    metafile: true,
  });
  const sizeBytes = gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).byteLength;
  return { sizeBytes, inputs: Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs)) };
}

test("the client with all that every page needs is within 12 KB, minified and gzipped, without batches and topics", async () => {
  const { sizeBytes, inputs } = await bundleOf(CORE);
  expect(sizeBytes).toBeGreaterThan(5_000);
  expect(sizeBytes).toBeLessThanOrEqual(LIMIT_BYTES);
  expect(inputs.filter((path) => /valibot|client\/src\/(batch|topics)/.test(path))).toEqual([]);
  console.info(`@streamer/client: ${sizeBytes} bytes of ${LIMIT_BYTES}.`);
});

describe("what a page loads beside, when it uses them:", () => {
  test.each([
    ["batches", "submitBatch, getBatch", 6 * 1024],
    ["topics", "subscribeTopic, membersByUser", 4 * 1024],
  ])("%s", async (what, names, limitBytes) => {
    const [core, more] = [await bundleOf(CORE), await bundleOf(`${CORE}, ${names}`)];
    const sizeBytes = more.sizeBytes - core.sizeBytes;
    expect(sizeBytes).toBeGreaterThan(500);
    expect(sizeBytes).toBeLessThanOrEqual(limitBytes);
    expect(more.inputs.filter((path) => path.includes("valibot"))).toEqual([]);
    console.info(`@streamer/client with ${what}: ${sizeBytes} bytes more, ${more.sizeBytes} together.`);
  });
});
