import { describe, expect, it } from "vitest";
import { StreamerClient } from "@streamer/client";
import { findChromium } from "./support/chromium.ts";
import { consoleSuite, expectGoodLooks, expectNoErrors } from "./support/consoleSuite.ts";
import type { ConsoleTab } from "./support/consoleTab.ts";

const cards = (tab: ConsoleTab) => tab.page.locator(".connections-card");
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
    const before = await own(tab).locator(".connections-id .mono").innerText();
    await expectGoodLooks(tab, "connections");
    await own(tab).getByRole("button", { name: /^Drop the socket/ }).click();
    await expect.poll(async () => (await own(tab).count()) === 1 && (await own(tab).locator(".connections-id .mono").innerText()) !== before, { timeout: 20_000 }).toBe(true);
    await tab.isConnection("open");
    await own(tab).locator(`a[href$="${id}"]`).waitFor();
    await suite.world.gate.openTo(100);
    await tab.page.goBack();
    await tab.hasResult(id);
    expectNoErrors(tab);
  });

  it("another's connection shows up, gets what is sent to it, and is closed for good when it is disconnected", async () => {
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
      await hers.getByRole("button", { name: /^Disconnect/ }).click();
      await expectGoodLooks(tab, "disconnect");
      await tab.page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
      await hers.waitFor({ state: "detached" });
      await tab.page.getByText("No connection has “grace”").waitFor();
      expect(client.connectionState).not.toBe("open");
    } finally {
      await client.close();
    }
    expectNoErrors(tab);
  });
});
