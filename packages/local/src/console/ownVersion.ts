import { readFileSync } from "node:fs";

/** Of this package. */
export function ownVersion(): string {
  // As far from the sources as from what is built of them.
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { readonly version: string };
  return manifest.version;
}
