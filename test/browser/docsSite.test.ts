import { join, resolve } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accessibilityProblems } from "./support/accessibility.ts";
import { findChromium, launchChromium } from "./support/chromium.ts";
import { startDocsSite } from "./support/docsSite.ts";
import type { DocsSite } from "./support/docsSite.ts";
import { LOOKS, lookAt, overflow } from "./support/looks.ts";

const SCREENSHOTS_DIR = resolve(import.meta.dirname, "../../.streamer/screenshots");

describe.skipIf(findChromium() === undefined)("the documentation, in Chromium", () => {
  let site: DocsSite;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let errors: string[];
  let elsewhere: string[];
  // The site may have to be built.
  beforeAll(async () => {
    site = await startDocsSite();
    browser = await launchChromium();
  }, 400_000);
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    // For axe, which is put into the page.
    context = await browser.newContext({ bypassCSP: true });
    context.setDefaultTimeout(30_000);
    page = await context.newPage();
    [errors, elsewhere] = [[], []];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") errors.push(`${message.text()} ${message.location().url}`);
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(site.url) && !request.url().startsWith("data:")) elsewhere.push(request.url());
    });
  });
  afterEach(() => context.close());

  const open = async (path: string): Promise<void> => {
    await page.goto(`${site.url}${path}`, { waitUntil: "networkidle" });
  };
  const screenshot = (name: string) => page.screenshot({ path: join(SCREENSHOTS_DIR, `docs-${name}.png`) });

  it("leads from the home page into the guide, and asks no other host for anything", async () => {
    await open("/");
    await page.getByRole("link", { name: "Get started" }).click();
    await page.getByRole("heading", { level: 1, name: "Getting started" }).waitFor();
    expect(page.url()).toBe(`${site.url}/getting-started.html`);
    expect({ errors, elsewhere }).toEqual({ errors: [], elsewhere: [] });
  });

  it("finds what is written about resuming", async () => {
    await open("/");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("searchbox").fill("resume");
    await page.locator(".VPLocalSearchBox .result", { hasText: "Resume" }).first().waitFor();
    await screenshot("search");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname !== "/");
    expect(await page.locator("main").innerText()).toMatch(/resum/i);
    expect(errors).toEqual([]);
  });

  it("has a page for each package, with the docstrings of its exports", async () => {
    await open("/api/client.html");
    await page.getByRole("heading", { name: /^createClient\(\)/ }).waitFor();
    expect(await page.locator("main").innerText()).toContain("A client typed by the type of an app's action list");
    expect({ errors, elsewhere }).toEqual({ errors: [], elsewhere: [] });
  });

  it("has the AsyncAPI document, and pages for language models", async () => {
    expect(await (await fetch(`${site.url}/asyncapi.json`)).json()).toMatchObject({ asyncapi: "3.0.0" });
    expect(await (await fetch(`${site.url}/llms.txt`)).text()).toContain("Getting started");
    expect((await fetch(`${site.url}/llms-full.txt`)).status).toBe(200);
  });

  it("goes dark and light by its switch", async () => {
    await page.emulateMedia({ colorScheme: "light" });
    await open("/concepts/promises.html");
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await background()).toBe("rgb(255, 255, 255)");
    await page.getByRole("switch", { name: /dark/i }).first().click();
    await expect.poll(background).not.toBe("rgb(255, 255, 255)");
  });

  it.each(LOOKS)("axe has nothing against it, and nothing is cut off: $name", { timeout: 120_000 }, async (look) => {
    await lookAt(page, look);
    const problems: string[] = [];
    for (const [name, path] of [
      ["home", "/"],
      ["life-of-a-request", "/concepts/life-of-a-request.html"],
      ["api", "/api/stacks.html"],
    ] as const) {
      await open(path);
      if (name === "life-of-a-request") await page.locator(".mermaid svg").first().waitFor();
      problems.push(...(await accessibilityProblems(page)).map((problem) => `${name}: ${problem}`));
      if ((await overflow(page)) > 0) problems.push(`${name}: ${await overflow(page)} pixels are cut off`);
      await screenshot(`${name}-${look.name}`);
    }
    expect(problems).toEqual([]);
    expect({ errors, elsewhere }).toEqual({ errors: [], elsewhere: [] });
  });
});
