import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

/**
 * Builds the console's page into `dist`: files only, with relative addresses, that need nothing but the local stack that serves them.
 * Workspaces are taken from their sources, so that a build needs no other build before it.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  plugins: [react()],
  resolve: { conditions: ["@streamer/source", ...defaultClientConditions] },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    sourcemap: false,
    // The page's Content-Security-Policy has no place for `data:` addresses of scripts and styles.
    assetsInlineLimit: 0,
    // `light-dark()` is in every browser that has had an update since the middle of 2024.
    target: ["chrome123", "firefox121", "safari17.5"],
  },
});
