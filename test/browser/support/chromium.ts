import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

/** A name for this machine that does not look like it, for the browser only. */
export const FAR_HOST = "gateway.test";

const COMMON_PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/snap/bin/chromium",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/**
 * Where Chromium is: what `CHROMIUM_PATH` says, or one of the common places. `undefined` when it is in none.
 *
 * @throws {Error} when `CHROMIUM_PATH` names no file.
 */
export function findChromium(env: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  const path = env["CHROMIUM_PATH"];
  if (path === undefined || path === "") return COMMON_PATHS.find((candidate) => existsSync(candidate));
  if (!existsSync(path)) throw new Error(`CHROMIUM_PATH is ${path}, and there is no such file. Correct it, or leave it out.`);
  return path;
}

/** @throws {Error} when there is no Chromium: ask `findChromium()` first. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("There is no Chromium to launch. Install it, or set CHROMIUM_PATH.");
  return chromium.launch({ executablePath, args: [`--host-resolver-rules=MAP ${FAR_HOST} 127.0.0.1`] });
}
