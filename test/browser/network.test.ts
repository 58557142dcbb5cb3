import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { layCable } from "./support/cable.ts";
import type { Cable } from "./support/cable.ts";
import { FAR_HOST, findChromium, launchChromium } from "./support/chromium.ts";
import { startConsoleStack } from "./support/consoleStack.ts";
import type { ConsoleStack } from "./support/consoleStack.ts";
import { openTab } from "./support/consoleTab.ts";
import { expectFile, expectSteadyRise } from "./support/expectations.ts";

describe.skipIf(findChromium() === undefined)("the console page in Chromium, with a network between it and the gateway", () => {
  let world: ConsoleStack;
  let browser: Browser;
  let context: BrowserContext;
  let cable: Cable;
  beforeAll(async () => {
    world = await startConsoleStack();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await world?.stop();
  });
  beforeEach(async () => {
    await world.gate.openTo(0);
    const gateway = new URL(world.stack.websocketUrl);
    cable = await layCable(Number(gateway.port));
    // For a gateway on its own machine the SDK does not heed what the browser says of the network.
    gateway.host = `${FAR_HOST}:${cable.port}`;
    // The page's policy lets it talk to its own machine only.
    context = await browser.newContext({ bypassCSP: true });
    context.setDefaultTimeout(20_000);
    await context.route("**/console/api/app", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), websocketUrl: gateway.href } });
    });
  });
  afterEach(async () => {
    await context.close();
    await cable.close();
  });

  const open = () => openTab(context, world.stack.consoleUrl);

  it("offline and online: the page says so, the work goes on, the bar catches up and ends with the result", async () => {
    const tab = await open();
    const id = await tab.askForReport();
    await world.gate.openTo(30);
    await tab.standsAt(id, 30);
    await context.setOffline(true);
    await tab.isConnection("offline");
    await world.gate.openTo(70);
    await world.hasReached(id, 70);
    await tab.standsAt(id, 30);
    expect(await tab.badge(id)).toBe("Catching up");
    await tab.screenshot("offline");
    await context.setOffline(false);
    await tab.standsAt(id, 70);
    await tab.isConnection("open");
    await world.gate.openTo(100);
    await expectFile(await tab.hasResult(id));
    expectSteadyRise(tab, id);
    expect(tab.errors).toEqual([]);
  });

  it("a report that ended while the page was offline is there with its result when it is online", async () => {
    const tab = await open();
    const id = await tab.askForReport();
    await world.gate.openTo(30);
    await tab.standsAt(id, 30);
    await context.setOffline(true);
    await tab.isConnection("offline");
    await world.gate.openTo(100);
    await world.hasReached(id, 100);
    await tab.standsAt(id, 30);
    await context.setOffline(false);
    await expectFile(await tab.hasResult(id));
    expectSteadyRise(tab, id);
    expect(tab.errors).toEqual([]);
  });

  it("a socket that is dropped without a word: the bar waits, catches up and ends with the result", async () => {
    const tab = await open();
    const id = await tab.askForReport();
    await world.gate.openTo(30);
    await tab.standsAt(id, 30);
    cable.cut();
    await tab.isConnection("reconnecting");
    await world.gate.openTo(70);
    await world.hasReached(id, 70);
    await tab.standsAt(id, 30);
    await tab.screenshot("socket-dropped");
    cable.mend();
    await tab.standsAt(id, 70);
    cable.cut();
    cable.mend();
    await world.gate.openTo(100);
    await expectFile(await tab.hasResult(id));
    expectSteadyRise(tab, id);
    expect(tab.errors).toEqual([]);
  });

  it("a reload while the socket is gone shows where the bar stood", async () => {
    const tab = await open();
    const id = await tab.askForReport();
    await world.gate.openTo(30);
    await tab.standsAt(id, 30);
    cable.cut();
    await tab.page.reload();
    await tab.standsAt(id, 30);
    await world.gate.openTo(100);
    await world.hasReached(id, 100);
    cable.mend();
    await expectFile(await tab.hasResult(id));
    expectSteadyRise(tab, id);
    expect(tab.errors).toEqual([]);
  });

  it("a report asked for while the socket is gone is made after a reload", async () => {
    const tab = await open();
    await tab.isConnection("open");
    cable.cut();
    await tab.isConnection("reconnecting");
    const id = await tab.askForReport();
    await tab.page.reload();
    await world.gate.openTo(100);
    cable.mend();
    await expectFile(await tab.hasResult(id));
    expectSteadyRise(tab, id);
    expect(tab.errors).toEqual([]);
  });
});
