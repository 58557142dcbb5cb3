import { join, resolve } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { recordBars } from "./bars.ts";
import type { ShownBars } from "./bars.ts";

const SCREENSHOTS_DIR = resolve(import.meta.dirname, "../../../.streamer/screenshots");

/** The console page in a tab, as a person uses it. */
export interface ConsoleTab {
  readonly page: Page;
  readonly bars: ShownBars;
  /** Errors on the browser's console and uncaught ones. What it writes there itself about a network that was taken away is `outages`. */
  readonly errors: readonly string[];
  readonly outages: readonly string[];
  /** Asks for a report. @returns its request's id. */
  askForReport(): Promise<string>;
  /** Fills the form of the report, as in the examples of January 2024. */
  fillIn(): Promise<void>;
  /** Resolves when the report's bar stands exactly there. */
  standsAt(requestId: string, percentage: number): Promise<void>;
  /** Resolves when the report offers its file. @returns where that is. */
  hasResult(requestId: string): Promise<string>;
  /** Resolves when the connection is so. */
  isConnection(state: string): Promise<void>;
  badge(requestId: string): Promise<string>;
  /** Into a folder that git ignores. */
  screenshot(name: string): Promise<void>;
}

/** @param place the part of the address after `#`. */
export async function openTab(context: BrowserContext, url: string, place = "/try?action=generate_report"): Promise<ConsoleTab> {
  const page = await context.newPage();
  const errors: string[] = [];
  const outages: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    // No code can keep Chromium from writing these, and they have no other mark.
    const outage = /: net::ERR_\w+$/.test(message.text());
    (outage ? outages : errors).push(message.text());
  });
  const bars = await recordBars(page);
  await page.goto(`${url.replace(/\/$/, "")}/#${place}`);
  const report = (requestId: string) => page.locator(`.run[data-request="${requestId}"]`);
  const fillIn = async (): Promise<void> => {
    await page.getByLabel("Start date").fill("2024-01-01");
    await page.getByLabel("End date").fill("2024-01-31");
  };
  return {
    page,
    bars,
    fillIn,
    errors,
    outages,
    async askForReport() {
      await fillIn();
      const known = await page.locator(".run").count();
      await page.getByRole("button", { name: "Submit", exact: true }).click();
      // The newest stands on top.
      await page.waitForFunction((count) => document.querySelectorAll(".run").length > count, known);
      const requestId = await page.locator(".run").first().getAttribute("data-request");
      if (requestId === null) throw new Error("The report on the page has no request id.");
      return requestId;
    },
    standsAt: (requestId, percentage) => report(requestId).locator(`.bar[aria-valuenow="${percentage}"]`).waitFor(),
    async hasResult(requestId) {
      const link = report(requestId).getByRole("link", { name: /^Open / });
      return (await link.getAttribute("href")) ?? "";
    },
    isConnection: (state) => page.locator(`.connection[data-state="${state}"]`).waitFor(),
    badge: (requestId) => report(requestId).locator(".badge").innerText(),
    async screenshot(name) {
      await page.screenshot({ path: join(SCREENSHOTS_DIR, `${name}.png`), fullPage: true });
    },
  };
}
