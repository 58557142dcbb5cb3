import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestStack } from "../support/localStack.ts";
import type { TestStack } from "../support/localStack.ts";
import { findChromium, launchChromium } from "./support/chromium.ts";
import { openTab } from "./support/consoleTab.ts";
import { expectSteadyRise } from "./support/expectations.ts";

describe.skipIf(findChromium() === undefined)("the console page in Chromium, with the app that Streamer ships", () => {
  let stack: TestStack;
  let browser: Browser;
  let context: BrowserContext;
  beforeAll(async () => {
    stack = await startTestStack();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    context.setDefaultTimeout(20_000);
  });
  afterEach(() => context.close());

  it("a report rises to its end, and its link opens a PDF", async () => {
    const tab = await openTab(context, stack.consoleUrl);
    const id = await tab.askForReport();
    const file = await (await fetch(await tab.hasResult(id))).text();
    expect(file.slice(0, 5)).toBe("%PDF-");
    await tab.screenshot("report-ready");
    expectSteadyRise(tab, id);
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  });

  it("a period that ends before it begins is told at its field, and leaves no report, not even after a reload", async () => {
    const tab = await openTab(context, stack.consoleUrl);
    await tab.page.getByLabel("To", { exact: true }).fill("2023-12-31");
    await tab.page.getByRole("button", { name: "Generate report" }).click();
    await tab.page.getByText("Start date must be before end date").waitFor();
    expect(await tab.page.locator(".report").count()).toBe(0);
    await tab.page.reload();
    await tab.isConnection("open");
    expect(await tab.page.locator(".report").count()).toBe(0);
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  });

  it("a report that the server does not have any more goes without a word", async () => {
    const tab = await openTab(context, stack.consoleUrl);
    await tab.page.evaluate(() => {
      const payload = { start_date: "2024-01-01", end_date: "2024-01-31", format: "pdf", include_charts: true };
      localStorage.setItem("streamer.report.gone", JSON.stringify({ id: "gone", payload, startedAt: Date.now(), accepted: true }));
    });
    await tab.page.reload();
    await tab.page.waitForFunction(() => localStorage.getItem("streamer.report.gone") === null);
    expect(tab.bars.of("gone")).toEqual([0]);
    expect(await tab.page.locator(".report").count()).toBe(0);
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  });

  it("an echo is answered", async () => {
    const tab = await openTab(context, stack.consoleUrl);
    await tab.page.getByRole("button", { name: "Send" }).click();
    await tab.page.getByText("there and back: “Hello, Streamer!”").waitFor();
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  });
});
