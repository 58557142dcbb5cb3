import { describe, expect, it } from "vitest";
import { findChromium } from "./support/chromium.ts";
import { consoleSuite } from "./support/consoleSuite.ts";
import { expectFile, expectSteadyRise } from "./support/expectations.ts";

describe.skipIf(findChromium() === undefined)("the console page in Chromium", () => {
  const suite = consoleSuite();
  const { open } = suite;
  const follow = (id: string) => open(`/try?action=generate_report&request=${id}`);

  it("two tabs show one report: both bars only rise, both end with the result, and so does a third opened later", async () => {
    const first = await open();
    const id = await first.askForReport();
    const second = await follow(id);
    await suite.world.gate.openTo(40);
    await Promise.all([first, second].map((tab) => tab.standsAt(id, 40)));
    await first.screenshot("two-tabs");
    await suite.world.gate.openTo(100);
    for (const tab of [first, second]) {
      await expectFile(await tab.hasResult(id));
      expectSteadyRise(tab, id);
    }
    const third = await follow(id);
    await expectFile(await third.hasResult(id));
    expectSteadyRise(third, id);
    expect([first, second, third].flatMap(({ errors, outages }) => [...errors, ...outages])).toEqual([]);
  });

  it("a reload in mid-progress goes on from where the bar stood, and ends with the result", async () => {
    const tab = await open();
    const id = await tab.askForReport();
    await suite.world.gate.openTo(45);
    await tab.standsAt(id, 45);
    const before = tab.bars.of(id).length;
    await tab.page.reload();
    await tab.standsAt(id, 45);
    expect(tab.bars.of(id)[before]).toBe(45);
    // Whoever reloads again at once, before anything has been asked of the server, loses nothing either.
    await tab.page.reload({ waitUntil: "domcontentloaded" });
    await tab.page.reload();
    await suite.world.gate.openTo(100);
    await expectFile(await tab.hasResult(id));
    await tab.screenshot("after-reload");
    expectSteadyRise(tab, id);
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  });

  it("a reload right after the click neither loses the report nor makes two", async () => {
    const tab = await open();
    const id = await tab.askForReport();
    await tab.page.reload();
    await suite.world.gate.openTo(100);
    await expectFile(await tab.hasResult(id));
    expect(await tab.page.locator(".run").count()).toBe(1);
    expectSteadyRise(tab, id);
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  });

  it("the button that cuts the connection costs the bar nothing", async () => {
    const tab = await open();
    const id = await tab.askForReport();
    await suite.world.gate.openTo(25);
    await tab.standsAt(id, 25);
    await tab.page.getByRole("button", { name: "Drop socket" }).click();
    await suite.world.gate.openTo(100);
    await expectFile(await tab.hasResult(id));
    expectSteadyRise(tab, id);
    expect([...tab.errors, ...tab.outages]).toEqual([]);
  });
});
