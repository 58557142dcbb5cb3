import { describe, expect, it } from "vitest";
import { findChromium } from "./support/chromium.ts";
import { complaintsOf, consoleSuite, expectGoodLooks } from "./support/consoleSuite.ts";

const REASON = "The sales of January are locked";

describe.skipIf(findChromium() === undefined)("Dead letters, in Chromium", () => {
  const suite = consoleSuite();

  it("a stack in which nothing died says so", async () => {
    const tab = await suite.open("/dead-letters");
    await tab.page.getByText("Nothing has died").waitFor();
    await expectGoodLooks(tab, "dead-letters-none");
    expect(complaintsOf(tab)).toEqual([]);
  });

  it("a request that failed shows up with its reason, and one click has it done after all", async () => {
    const tab = await suite.open("/dead-letters");
    await tab.page.getByText("Nothing has died").waitFor();
    await suite.world.gate.failAll(REASON);
    const first = await suite.submit();
    const second = await suite.submit();
    const item = (id: string) => tab.page.locator(".dead-item", { has: tab.page.locator(`a[href$="${id}"]`) });
    await item(first).getByText(REASON).waitFor();
    await item(second).getByText(REASON).waitFor();
    await tab.page.getByRole("heading", { name: "PROCESSING_FAILED" }).waitFor();
    await expectGoodLooks(tab, "dead-letters");

    await suite.world.gate.openTo(100);
    await item(first)
      .getByRole("button", { name: /^Redrive/ })
      .click();
    await item(first).waitFor({ state: "detached" });
    await suite.world.hasReached(first, 100);
    expect(await item(second).count()).toBe(1);

    await tab.page.getByRole("button", { name: /^Redrive all/ }).click();
    await expectGoodLooks(tab, "redrive-all");
    await tab.page.getByRole("dialog").getByRole("button", { name: "Redrive it" }).click();
    await tab.page.getByText("Nothing has died").waitFor();
    await suite.world.hasReached(second, 100);
    expect(complaintsOf(tab)).toEqual([]);
  });

  it("the page of a request that failed says why, and what to do", async () => {
    await suite.world.gate.failAll(REASON);
    const id = await suite.submit();
    const tab = await suite.open(`/requests/demo/${id}`);
    await tab.page.locator(".request-reason", { hasText: REASON }).waitFor();
    await tab.page.getByText("What to do:").waitFor();
    await expectGoodLooks(tab, "request-failed");
    expect(complaintsOf(tab)).toEqual([]);
  });
});
