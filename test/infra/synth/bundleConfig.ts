import { readFile, rm } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { Loader, Plugin } from "esbuild";

export interface BundleOptions {
  readonly root: string;
  readonly platform: string;
  /** The module to bundle, as text. */
  readonly code: string;
  readonly define: Readonly<Record<string, string>>;
  /** Put before all else in the bundle. */
  readonly banner?: string;
  /** Modules whose exports are the globals of every file. */
  readonly inject?: readonly string[];
  /** Put before every file that is not SST's. */
  readonly preamble?: string;
}

const BANNER = `
import * as $module from "node:module"; import * as $url from "node:url";
const require = $module.createRequire(import.meta.url);
const __filename = $url.fileURLToPath(import.meta.url);
const __dirname = $url.fileURLToPath(new URL(".", import.meta.url));
`;

/** Found in the platform's node_modules, and one instance for SST, the program and the mocks. */
const EXTERNAL = ["@pulumi/*", "@pulumiverse/*", "@sst-provider/*", "@aws-sdk/*", "undici", "esbuild", "archiver", "glob", "vite"];

/**
 * Bundles as the CLI bundles `sst.config.ts`, and gives what the bundle exports. One thing differs: workspaces are taken from their sources.
 */
export async function evaluate(options: BundleOptions): Promise<unknown> {
  const { root, platform, code, define, banner = "", inject = [], preamble = "" } = options;
  const outfile = join(platform, `synth.${process.pid}.${Math.random().toString(36).slice(2)}.mjs`);
  try {
    await build({
      stdin: { contents: code, resolveDir: root, sourcefile: "eval.ts", loader: "ts" },
      banner: { js: BANNER + banner },
      absWorkingDir: root,
      bundle: true,
      outfile,
      format: "esm",
      platform: "node",
      mainFields: ["module", "main"],
      conditions: ["module"],
      nodePaths: [join(platform, "node_modules")],
      external: EXTERNAL,
      define: { ...define },
      inject: [...inject],
      plugins: [withPreamble(preamble)],
      sourcemap: "inline",
      logLevel: "silent",
    });
    const exported = (await import(pathToFileURL(outfile).href)) as { default: unknown };
    return exported.default;
  } finally {
    await rm(outfile, { force: true });
  }
}

function withPreamble(preamble: string): Plugin {
  return {
    name: "preamble",
    setup(building) {
      building.onLoad({ filter: /\.(?:js|ts|jsx|tsx)$/ }, async ({ path }) => {
        const own = path.includes(`${sep}.sst${sep}`);
        return { contents: `${own ? "" : `${preamble}\n`}${await readFile(path, "utf8")}`, loader: extname(path).slice(1) as Loader };
      });
    },
  };
}
