import { basename, join } from "node:path";
import react from "@vitejs/plugin-react";
import { defaultClientConditions } from "vite";
import type { UserConfig } from "vite";
import { devToken } from "./devToken.ts";
import type { MintToken } from "./devToken.ts";

/**
 * Vite's configuration of an example's page.
 *
 * @param root the example's folder.
 * @param mint who gives the page its tokens. Default: `streamer token`, of the stack that runs in the working directory.
 */
export function exampleConfig(root: string, mint?: MintToken): UserConfig {
  return {
    root,
    // One for each example, so that two can run at once.
    cacheDir: join(import.meta.dirname, "../../../node_modules/.cache/examples", basename(root)),
    plugins: [react(), devToken(mint)],
    // Only this repository needs it: here the packages are TypeScript sources.
    resolve: { conditions: ["@streamer/source", ...defaultClientConditions] },
    server: { host: "127.0.0.1" },
    // `light-dark()` is in every browser that has had an update since the middle of 2024.
    build: { target: ["chrome123", "firefox121", "safari17.5"] },
  };
}
