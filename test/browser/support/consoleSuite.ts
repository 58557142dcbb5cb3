import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { accessibilityProblems } from "./accessibility.ts";
import { launchChromium } from "./chromium.ts";
import { startConsoleStack } from "./consoleStack.ts";
import type { ConsoleStack } from "./consoleStack.ts";
import { openTab } from "./consoleTab.ts";
import type { ConsoleTab } from "./consoleTab.ts";
import { LOOKS, lookAt, overflow } from "./looks.ts";

/** One stack and one browser for a `describe`, and a fresh window for each of its tests. */
export interface ConsoleSuite {
  readonly world: ConsoleStack;
  /** The window of the test. */
  readonly context: BrowserContext;
  /** @param place the part of the address after `#`. */
  readonly open: (place?: string) => Promise<ConsoleTab>;
  /** Submits a report in another tab of the same window. @returns its request's id. */
  submit(): Promise<string>;
}

/** Registers the hooks: call it in a `describe`, and read `world` in tests only. */
export function consoleSuite(): ConsoleSuite {
  let world: ConsoleStack | undefined;
  let browser: Browser | undefined;
  let context: BrowserContext | undefined;
  const begun = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error("The suite has not begun: read this in a test.");
    return part;
  };
  const open = (place?: string): Promise<ConsoleTab> => openTab(begun(context), begun(world).stack.consoleUrl, place);
  beforeAll(async () => {
    world = await startConsoleStack();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });
  beforeEach(async () => {
    await begun(world).gate.openTo(0);
    // For axe, which is put into the page.
    context = await begun(browser).newContext({ bypassCSP: true, reducedMotion: "reduce" });
    context.setDefaultTimeout(20_000);
  });
  afterEach(() => context?.close());
  return {
    get world() {
      return begun(world);
    },
    get context() {
      return begun(context);
    },
    open,
    async submit() {
      const tab = await open();
      return tab.askForReport();
    },
  };
}

/** As the page stands, axe has nothing against it and nothing of it is cut off, in every look; each is kept as a screenshot. */
export async function expectGoodLooks(tab: ConsoleTab, name: string): Promise<void> {
  const found: string[] = [];
  for (const look of LOOKS) {
    // One page: one look after the other.
    // oxlint-disable no-await-in-loop
    await lookAt(tab.page, look);
    await tab.screenshot(`${name}-${look.name}`);
    found.push(...(await accessibilityProblems(tab.page)).map((problem) => `${look.name}: ${problem}`));
    const tooWide = await overflow(tab.page);
    if (tooWide > 0) found.push(`${look.name}: ${tooWide} pixels wider than the window`);
    // oxlint-enable no-await-in-loop
  }
  expect(found).toEqual([]);
}

/** What these pages, or the browser, have written as errors; empty when nothing. */
export function complaintsOf(...tabs: readonly ConsoleTab[]): readonly string[] {
  return tabs.flatMap(({ errors, outages }) => [...errors, ...outages]);
}
