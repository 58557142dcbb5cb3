import { findChromium } from "./support/chromium.ts";

/** Says once why the browser's tests are skipped. */
export function setup(): void {
  if (findChromium() !== undefined) return;
  process.stdout.write("No Chromium here: the browser's tests are skipped. Install it (`apt install chromium`), or set CHROMIUM_PATH.\n");
}
