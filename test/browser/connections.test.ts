import { StreamerClient } from "@streamer/client";
import type { Locator } from "playwright-core";
import { describe, expect, it } from "vitest";
import { findChromium } from "./support/chromium.ts";
import { complaintsOf, consoleSuite, expectGoodLooks } from "./support/consoleSuite.ts";
import type { ConsoleTab } from "./support/consoleTab.ts";

const cards = (tab: ConsoleTab) => tab.page.locator(".connections-card");
const idOf = (card: Locator) => card.locator(".connections-id .mono").innerText();
const own = (tab: ConsoleTab) => cards(tab).filter({ hasText: "This page" });

describe.skipIf(findChromium() === undefined)("Connections, in Chromium", () => {
  const suite = consoleSuite();

  it("this page's own connection is marked; dropped, it is back by itself, and what it watches goes on", async () => {
    const tab = await suite.open();
    const id = await tab.askForReport();
    await suite.world.gate.openTo(25);
    await tab.standsAt(id, 25);
    await tab.page.getByRole("link", { name: "Connections" }).click();
    await own(tab).locator(`a[href$="${id}"]`).waitFor();
    const before = await idOf(own(tab));
    await expectGoodLooks(tab, "connections");
    await own(tab)
      .getByRole("button", { name: /^Drop the socket/ })
      .click();
    await expect.poll(async () => (await own(tab).count()) === 1 && (await idOf(own(tab))) !== before, { timeout: 20_000 }).toBe(true);
    await tab.isConnection("open");
    await own(tab).locator(`a[href$="${id}"]`).waitFor();
    await suite.world.gate.openTo(100);
    await tab.page.goBack();
    await tab.hasResult(id);
    expect(complaintsOf(tab)).toEqual([]);
  });

  it("another's connection shows up, gets what is sent to it, and comes back as a new one when it is disconnected", async () => {
    const tab = await suite.open("/connections");
    await own(tab).waitFor();
    const { stack } = suite.world;
    const client = new StreamerClient(stack.websocketUrl, {
      token: () => stack.key.mint({ user: "grace", tenant: "demo", permissions: [], expiresIn: "1h" }),
    });
    try {
      await client.connect();
      const hers = cards(tab).filter({ has: tab.page.getByRole("heading", { name: "grace" }) });
      await hers.waitFor();
      await tab.page.getByLabel("Search").fill("grace");
      await expect.poll(() => cards(tab).count()).toBe(1);
      await hers.getByRole("button", { name: /^Send a message/ }).click();
      await tab.page.getByRole("dialog").waitFor();
      await expectGoodLooks(tab, "send-a-message");
      await tab.page.getByRole("dialog").getByRole("button", { name: "Send", exact: true }).click();
      await tab.page.getByText("Sent to grace.").waitFor();
      const before = await idOf(hers);
      await hers.getByRole("button", { name: /^Disconnect/ }).click();
      await expectGoodLooks(tab, "disconnect");
      await tab.page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
      await tab.page.getByText("Disconnected grace.").waitFor();
      await expect.poll(async () => (await hers.count()) === 1 && (await idOf(hers)) !== before, { timeout: 20_000 }).toBe(true);
      await client.close();
      await tab.page.getByText("No connection has “grace”").waitFor();
    } finally {
      await client.close();
    }
    expect(complaintsOf(tab)).toEqual([]);
  });
});
