import { describe, expect, it } from "vitest";
import { accessibilityProblems } from "./support/accessibility.ts";
import { findChromium } from "./support/chromium.ts";
import { consoleSuite } from "./support/consoleSuite.ts";
import { expectFile, expectRiseByAttempt, expectSteadyRise } from "./support/expectations.ts";
import { LOOKS, lookAt, overflow } from "./support/looks.ts";

describe.skipIf(findChromium() === undefined)("Try it, in Chromium", () => {
  const suite = consoleSuite();
  const { open } = suite;

  it("a socket that is dropped is told as lost, then as caught up, and no bar falls", async () => {
    const tab = await open();
    const id = await tab.askForReport();
    await suite.world.gate.openTo(25);
    await tab.standsAt(id, 25);
    await tab.page.getByRole("button", { name: "Drop socket" }).click();
    await tab.page.getByText("Caught up: nothing was lost.").waitFor();
    await tab.page.getByText(/^Connected again after/).waitFor();
    await suite.world.gate.openTo(100);
    await expectFile(await tab.hasResult(id));
    expectSteadyRise(tab, id);
    expect(tab.errors).toEqual([]);
  });

  it("ten at once: ten bars, all to their end", async () => {
    const tab = await open();
    await tab.fillIn();
    await tab.page.getByRole("button", { name: "Run 10 at once" }).click();
    await expect.poll(() => tab.page.locator(".run").count()).toBe(10);
    await suite.world.gate.openTo(100);
    await expect.poll(() => tab.page.locator('.run[data-status="completed"]').count(), { timeout: 40_000 }).toBe(10);
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  });

  it("a batch has one bar and a square for each request, also after a reload", async () => {
    const tab = await open();
    await tab.fillIn();
    await tab.page.getByLabel("As one batch of").fill("5");
    await tab.page.getByRole("button", { name: "Submit batch" }).click();
    await expect.poll(() => tab.page.locator(".batch-items li").count()).toBe(5);
    await tab.page.reload();
    await suite.world.gate.openTo(100);
    await tab.page.locator('.run[data-batch][data-done="true"]').waitFor();
    await tab.page.getByText("5 completed").waitFor();
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  });

  it("a request that is cancelled says so", async () => {
    const tab = await open();
    const id = await tab.askForReport();
    await suite.world.gate.openTo(10);
    await tab.standsAt(id, 10);
    await tab.page.getByRole("button", { name: "Cancel" }).click();
    await tab.page.getByText("Cancelled. Nothing more will happen.").waitFor();
    expect(await tab.badge(id)).toBe("Cancelled");
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  });

  it("another user has no runs of this one, and finds theirs when they are back", async () => {
    const tab = await open();
    const id = await tab.askForReport();
    const be = async (user: string): Promise<void> => {
      await tab.page.getByRole("button", { name: /^Who am I/ }).click();
      await tab.page.getByLabel("User").fill(user);
      await tab.page.getByRole("button", { name: "Use", exact: true }).click();
      await tab.page.getByRole("button", { name: `Who am I: ${user}` }).waitFor();
    };
    await be("ada");
    await tab.page.getByText("Nothing was sent yet").waitFor();
    await be("demo");
    await suite.world.gate.openTo(100);
    await expectFile(await tab.hasResult(id));
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  });

  it("the keyboard alone skips, switches to JSON, and hears what is no JSON", async () => {
    const tab = await open();
    await tab.isConnection("open");
    await tab.page.keyboard.press("Tab");
    expect(await tab.page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
    await tab.page.keyboard.press("Enter");
    expect(await tab.page.evaluate(() => document.activeElement?.tagName)).toBe("MAIN");
    await tab.page.getByRole("tab", { name: "Form" }).focus();
    await tab.page.keyboard.press("ArrowRight");
    await tab.page.getByRole("tab", { name: "JSON", selected: true }).waitFor();
    await tab.page.getByLabel("Payload", { exact: true }).and(tab.page.locator("textarea")).fill("{");
    await tab.page.getByText(/^This is no JSON yet/).waitFor();
    expect(await tab.page.getByRole("button", { name: "Submit", exact: true }).isDisabled()).toBe(true);
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  });

  it.each(LOOKS)("axe has nothing against it, and nothing is cut off: $name", async (look) => {
    const tab = await open();
    await lookAt(tab.page, look);
    await tab.isConnection("open");
    const id = await tab.askForReport();
    await suite.world.gate.openTo(40);
    await tab.standsAt(id, 40);
    await tab.page.getByRole("button", { name: "Details" }).click();
    expect(await accessibilityProblems(tab.page)).toEqual([]);
    expect(await overflow(tab.page)).toBeLessThanOrEqual(0);
    await tab.screenshot(`try-it-${look.name}`);
    await tab.page.getByRole("button", { name: /^Who am I/ }).click();
    expect(await accessibilityProblems(tab.page)).toEqual([]);
    await tab.screenshot(`who-am-i-${look.name}`);
    await tab.page.keyboard.press("Escape");
    await suite.world.gate.openTo(100);
    await tab.hasResult(id);
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  });

  // The next attempt waits for the lease of the one before to be over.
  it("a worker that is killed is told as gone, the bar stays where it stood, and the next attempt ends it", async () => {
    const tab = await open();
    const id = await tab.askForReport();
    await suite.world.gate.openTo(40);
    await tab.standsAt(id, 40);
    await tab.page.getByRole("button", { name: "Kill worker" }).click();
    await tab.page.getByText("Worker killed", { exact: true }).waitFor();
    await tab.page.getByText(/another begins the next attempt/).waitFor();
    await tab.standsAt(id, 40);
    await tab.screenshot("worker-killed");
    await tab.page
      .getByRole("list", { name: "Attempts" })
      .getByText(/^Attempt 2/)
      .waitFor({ timeout: 60_000 });
    await suite.world.gate.openTo(100);
    await expectFile(await tab.hasResult(id));
    // What the first attempt had done, the second does again.
    expectRiseByAttempt(tab, id, [40]);
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  }, 120_000);
});
