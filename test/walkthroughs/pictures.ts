// Takes the pictures of the console that the README and the site show: `npm run pictures`.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../browser/support/chromium.ts";
import { PUBLIC_DIR } from "./files.ts";
import { startShippedStage } from "./stage.ts";

const LOOKS = [
  { file: "console.png", colorScheme: "light" },
  { file: "console-dark.png", colorScheme: "dark" },
] as const;
/** Of the bars in sight, so many stand at different percentages: else it is no picture of work. */
const DIFFERENT_BARS = 3;
const IN_SIGHT = 6;
const ATTEMPTS = 20;
const PATIENCE_MS = 120_000;

await mkdir(PUBLIC_DIR, { recursive: true });
const stage = await startShippedStage();
try {
  const browser = await launchChromium();
  try {
    for (const look of LOOKS) {
      // One after the other: the bars of both would wait for the same two cores.
      // oxlint-disable-next-line no-await-in-loop
      await writeFile(join(PUBLIC_DIR, look.file), await pictureOf(browser, stage.consoleUrl, look.colorScheme));
      process.stdout.write(`${look.file}\n`);
    }
  } finally {
    await browser.close();
  }
} finally {
  await stage.stop();
}

/** "Try it" with ten reports at work. */
async function pictureOf(browser: Browser, consoleUrl: string, colorScheme: "light" | "dark"): Promise<Buffer> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme, reducedMotion: "reduce" });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await page.goto(`${consoleUrl.replace(/\/$/, "")}/#/try?action=generate_report`);
  await page.locator('.connection[data-state="open"]').waitFor();
  await page.getByLabel("Start date").fill("2024-01-01");
  await page.getByLabel("End date").fill("2024-03-31");
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    // Each attempt has ten reports of its own, and the work does not stand still for a picture.
    // oxlint-disable no-await-in-loop
    await page.getByRole("button", { name: "Run 10 at once" }).click();
    await page.locator('.run[data-status="running"]').first().waitFor();
    while ((await page.locator(".run:not([data-status=completed])").count()) > 0) {
      const picture = await page.screenshot();
      if ((await differentBars(page)) >= DIFFERENT_BARS) {
        await context.close();
        return picture;
      }
    }
    await page.getByRole("button", { name: "Clear ended" }).click();
    // oxlint-enable no-await-in-loop
  }
  throw new Error(
    `In ${ATTEMPTS} attempts there were never ${DIFFERENT_BARS} different bars in sight. Run it again on a machine with less to do.`,
  );
}

function differentBars(page: Page): Promise<number> {
  return page
    .locator(".run .bar")
    .evaluateAll((bars, inSight) => new Set(bars.slice(0, inSight).map((bar) => bar.ariaValueNow)).size, IN_SIGHT);
}
