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

  it("a period that ends before it begins is told at its field, which has the focus", async () => {
    const tab = await openTab(context, stack.consoleUrl);
    await tab.fillIn();
    await tab.page.getByLabel("End date").fill("2023-12-31");
    await tab.page.getByRole("button", { name: "Submit", exact: true }).click();
    await tab.page.locator('.run[data-status="failed"]').waitFor();
    const field = tab.page.getByLabel("Start date");
    await expect.poll(() => field.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await tab.page.locator(".field-error").innerText()).toContain("Start date must be before end date");
    await field.fill("2023-12-01");
    expect(await tab.page.locator(".field-error").count()).toBe(0);
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  });

  it("a report that the server does not have is told as such, and can be removed", async () => {
    const tab = await openTab(context, stack.consoleUrl, "/try?action=generate_report&request=gone");
    await tab.page.locator('.run[data-request="gone"][data-status="failed"]').waitFor();
    await tab.page.getByRole("button", { name: /^Remove / }).click();
    await tab.page.getByText("Nothing was sent yet").waitFor();
    await tab.page.reload();
    await tab.page.getByText("Nothing was sent yet").waitFor();
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  });

  it("an echo is answered, and the answer is still there after a reload", async () => {
    const tab = await openTab(context, stack.consoleUrl, "/try?action=echo");
    await tab.page.getByLabel("Message").fill("Hello, Streamer!");
    await tab.page.getByRole("button", { name: "Submit", exact: true }).click();
    const answer = tab.page.locator(".run").getByText("message Hello, Streamer!");
    await answer.waitFor();
    await tab.page.reload();
    await answer.waitFor();
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  });
});
