import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { startExample } from "../../../../packages/examples/shared/startExample.ts";
import type { RunningExample } from "../../../../packages/examples/shared/startExample.ts";
import { accessibilityProblems } from "../../support/accessibility.ts";
import { launchChromium } from "../../support/chromium.ts";
import { LOOKS, lookAt, overflow } from "../../support/looks.ts";

const SCREENSHOTS_DIR = resolve(import.meta.dirname, "../../../../.streamer/screenshots");

/** A page of an example, as a person sees it. */
export interface ExamplePage {
  readonly page: Page;
  /** Errors and warnings on the browser's console, and uncaught ones. */
  readonly complaints: readonly string[];
}

/** One example and one browser for a `describe`, and a fresh window for each of its tests. */
export interface ExampleSuite {
  /** Opens the page in a tab of the test's window. */
  open(place?: string): Promise<ExamplePage>;
  /** The window of the test. */
  readonly context: BrowserContext;
  /** The stack behind the page, and who gives it tokens. */
  readonly example: RunningExample;
}

/** Registers the hooks: call it in a `describe`, and read what it gives in tests only. */
export function exampleSuite(name: string): ExampleSuite {
  let dataDir: string | undefined;
  let example: RunningExample | undefined;
  let browser: Browser | undefined;
  let context: BrowserContext | undefined;
  const begun = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error("The suite has not begun: read this in a test.");
    return part;
  };
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), `streamer-example-${name}-`));
    example = await startExample(name, { dataDir, pagePort: 0 });
    browser = await launchChromium();
    // Vite prepares the page's libraries when it is first asked for them, and loads it again then: not under a test's eyes.
    const page = await browser.newPage();
    await page.goto(begun(example.pageUrl));
    await page.locator("h1").waitFor({ timeout: 45_000 });
    await page.close();
  });
  afterAll(async () => {
    await browser?.close();
    await example?.stop();
    if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    // For axe, which is put into the page.
    context = await begun(browser).newContext({ bypassCSP: true, reducedMotion: "reduce" });
    context.setDefaultTimeout(30_000);
  });
  afterEach(() => context?.close());
  return {
    get context() {
      return begun(context);
    },
    get example() {
      return begun(example);
    },
    async open(place = "") {
      const page = await begun(context).newPage();
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
      });
      await page.goto(`${begun(begun(example).pageUrl)}${place}`);
      return { page, complaints };
    },
  };
}

/** As the page stands, axe has nothing against it and nothing of it is cut off, in every look; each is kept as a screenshot. */
export async function expectGoodLooks({ page }: ExamplePage, name: string): Promise<void> {
  const found: string[] = [];
  for (const look of LOOKS) {
    // One page: one look after the other.
    // oxlint-disable no-await-in-loop
    await lookAt(page, look);
    await page.screenshot({ path: join(SCREENSHOTS_DIR, `${name}-${look.name}.png`), fullPage: true });
    found.push(...(await accessibilityProblems(page)).map((problem) => `${look.name}: ${problem}`));
    const tooWide = await overflow(page);
    if (tooWide > 0) found.push(`${look.name}: ${tooWide} pixels wider than the window`);
    // oxlint-enable no-await-in-loop
  }
  expect(found).toEqual([]);
}
