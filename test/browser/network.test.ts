import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { layCable } from "./support/cable.ts";
import type { Cable } from "./support/cable.ts";
import { FAR_HOST, findChromium } from "./support/chromium.ts";
import { consoleSuite } from "./support/consoleSuite.ts";
import { expectFile, expectSteadyRise } from "./support/expectations.ts";

describe.skipIf(findChromium() === undefined)("the console page in Chromium, with a network between it and the gateway", () => {
  const suite = consoleSuite();
  const { open } = suite;
  let cable: Cable;
  beforeEach(async () => {
    const gateway = new URL(suite.world.stack.websocketUrl);
    cable = await layCable(Number(gateway.port));
    // For a gateway on its own machine the SDK does not heed what the browser says of the network.
    gateway.host = `${FAR_HOST}:${cable.port}`;
    await suite.context.route("**/console/api/app", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), websocketUrl: gateway.href } });
    });
  });
  afterEach(() => cable.close());

  it("offline and online: the page says so, the work goes on, the bar catches up and ends with the result", async () => {
    const tab = await open();
    const id = await tab.askForReport();
    await suite.world.gate.openTo(30);
    await tab.standsAt(id, 30);
    await suite.context.setOffline(true);
    await tab.isConnection("offline");
    await suite.world.gate.openTo(70);
    await suite.world.hasReached(id, 70);
    await tab.standsAt(id, 30);
    expect(await tab.badge(id)).toBe("Catching up");
    await tab.screenshot("offline");
    await suite.context.setOffline(false);
    await tab.standsAt(id, 70);
    await tab.isConnection("open");
    await suite.world.gate.openTo(100);
    await expectFile(await tab.hasResult(id));
    expectSteadyRise(tab, id);
    expect(tab.errors).toEqual([]);
  });

  it("a report that ended while the page was offline is there with its result when it is online", async () => {
    const tab = await open();
    const id = await tab.askForReport();
    await suite.world.gate.openTo(30);
    await tab.standsAt(id, 30);
    await suite.context.setOffline(true);
    await tab.isConnection("offline");
    await suite.world.gate.openTo(100);
    await suite.world.hasReached(id, 100);
    await tab.standsAt(id, 30);
    await suite.context.setOffline(false);
    await expectFile(await tab.hasResult(id));
    expectSteadyRise(tab, id);
    expect(tab.errors).toEqual([]);
  });

  it("a socket that is dropped without a word: the bar waits, catches up and ends with the result", async () => {
    const tab = await open();
    const id = await tab.askForReport();
    await suite.world.gate.openTo(30);
    await tab.standsAt(id, 30);
    cable.cut();
    await tab.isConnection("reconnecting");
    await suite.world.gate.openTo(70);
    await suite.world.hasReached(id, 70);
    await tab.standsAt(id, 30);
    await tab.screenshot("socket-dropped");
    cable.mend();
    await tab.standsAt(id, 70);
    cable.cut();
    cable.mend();
    await suite.world.gate.openTo(100);
    await expectFile(await tab.hasResult(id));
    expectSteadyRise(tab, id);
    expect(tab.errors).toEqual([]);
  });

  it("a reload while the socket is gone shows where the bar stood", async () => {
    const tab = await open();
    const id = await tab.askForReport();
    await suite.world.gate.openTo(30);
    await tab.standsAt(id, 30);
    cable.cut();
    await tab.page.reload();
    await tab.standsAt(id, 30);
    await suite.world.gate.openTo(100);
    await suite.world.hasReached(id, 100);
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
    await suite.world.gate.openTo(100);
    cable.mend();
    await expectFile(await tab.hasResult(id));
    expectSteadyRise(tab, id);
    expect(tab.errors).toEqual([]);
  });
});
