import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** The most that the client may have, minified and gzipped. */
export const CLIENT_LIMIT_BYTES = 12 * 1024;
/** What every page needs. */
export const CLIENT_CORE = "createClient, StreamerClient, StreamerError";

export interface ClientBundle {
  readonly sizeBytes: number;
  readonly inputs: readonly string[];
}

/** What a page loads that imports these names, minified and gzipped. */
export async function clientBundleOf(names: string): Promise<ClientBundle> {
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
