import { gzipSync } from "node:zlib";
import { resolve } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";

const LIMIT_BYTES = 12 * 1024;

test("the client with all it needs is within 12 KB, minified and gzipped", async () => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: 'export * from "@streamer/client";', resolveDir: resolve(import.meta.dirname, "../../..") },
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
  expect(sizeBytes).toBeGreaterThan(5_000);
  expect(sizeBytes).toBeLessThanOrEqual(LIMIT_BYTES);
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  expect(inputs.filter((path) => path.includes("valibot"))).toEqual([]);
  console.info(`@streamer/client: ${sizeBytes} bytes of ${LIMIT_BYTES}.`);
});
