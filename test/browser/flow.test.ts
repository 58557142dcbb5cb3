import { describe, expect, it } from "vitest";
import { findChromium } from "./support/chromium.ts";
import { complaintsOf, consoleSuite, expectGoodLooks } from "./support/consoleSuite.ts";
import type { ConsoleTab } from "./support/consoleTab.ts";

/** How often each hop was passed, by its title. */
const counts = async (tab: ConsoleTab): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries(
    await tab.page
      .locator(".flow-node:not(.flow-client)")
      .evaluateAll((nodes) =>
        nodes.map((node) => [
          node.querySelector(".flow-node-title")?.textContent ?? "",
          Number(node.querySelector(".flow-node-total")?.firstChild?.textContent ?? Number.NaN),
        ]),
      ),
  ) as Record<string, number>;

describe.skipIf(findChromium() === undefined)("Flow, in Chromium", () => {
  const suite = consoleSuite();

  it("a request that passes raises the count of every hop", async () => {
    const tab = await suite.open("/flow");
    await tab.page.locator(".flow-node").first().waitFor();
    await suite.world.gate.openTo(100);
    const before = await counts(tab);
    expect(Object.keys(before)).toHaveLength(10);
    await suite.submit();
    await expect
      .poll(async () => Object.entries(await counts(tab)).filter(([hop, count]) => !(count > (before[hop] ?? 0))), { timeout: 30_000 })
      .toEqual([]);
    await suite.world.gate.openTo(0);
    await suite.submit();
    const workers = tab.page.locator(".flow-node", { hasText: "Workers" });
    await workers.getByText("1 in it").waitFor();
    await tab.page.getByText("As a table").first().click();
    await expectGoodLooks(tab, "flow");
    await suite.world.gate.openTo(100);
    await workers.getByText("1 in it").waitFor({ state: "detached" });
    expect(complaintsOf(tab)).toEqual([]);
  });

  it("chaos: a preset sets the sliders, a slider can be moved, and the switch ends it", async () => {
    const tab = await suite.open("/flow");
    const chaos = tab.page.getByRole("switch", { name: "Chaos" });
    const slider = tab.page.getByLabel("Killed at work");
    const preset = (name: string) => tab.page.getByRole("button", { name: new RegExp(`^${name}`) });
    await chaos.waitFor();
    expect(await chaos.isChecked()).toBe(false);
    await preset("Storm").click();
    await expect.poll(() => chaos.isChecked()).toBe(true);
    await expect.poll(() => slider.getAttribute("aria-valuetext")).toBe("20 %");
    await tab.page.reload();
    await expect.poll(() => slider.getAttribute("aria-valuetext")).toBe("20 %");
    expect(await preset("Storm").getAttribute("aria-pressed")).toBe("true");
    await preset("Rough day").click();
    await expect.poll(() => slider.getAttribute("aria-valuetext")).toBe("5 %");
    await slider.focus();
    await tab.page.keyboard.press("Home");
    await expect.poll(() => slider.getAttribute("aria-valuetext")).toBe("never");
    await expect.poll(() => preset("Rough day").getAttribute("aria-pressed")).toBe("false");
    await expectGoodLooks(tab, "chaos");
    await chaos.click();
    await expect.poll(() => chaos.isChecked()).toBe(false);
    await tab.page.reload();
    await chaos.waitFor();
    expect(await chaos.isChecked()).toBe(false);
    expect(await preset("Calm").getAttribute("aria-pressed")).toBe("true");
    expect(complaintsOf(tab)).toEqual([]);
  });
});
