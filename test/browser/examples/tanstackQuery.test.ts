import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { findChromium } from "../support/chromium.ts";
import { exampleSuite, expectGoodLooks } from "./support/exampleSuite.ts";

const quote = (page: Page) => page.locator(".quote[data-fresh=true]");
const printing = (page: Page, status: string) => page.locator(`section[data-status="${status}"]`);

async function order(page: Page, photos: number, size = "medium"): Promise<void> {
  await page.getByLabel("Photos").fill(String(photos));
  await page.getByLabel("Size").selectOption(size);
  await page.getByRole("button", { name: "Print", exact: true }).click();
}

/** How many requests for an action the page sends from now on. */
function countRequests(page: Page, action: string): () => number {
  let count = 0;
  page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      if (String(payload).includes(`"action":"${action}"`)) count += 1;
    }),
  );
  return () => count;
}

describe.skipIf(findChromium() === undefined)("the TanStack Query example in Chromium", () => {
  const suite = exampleSuite("tanstack-query");

  it("a price is asked for once for each order, and comes from the cache afterwards", async () => {
    const tab = await suite.open();
    const asked = countRequests(tab.page, "quote_prints");
    await tab.page.reload();
    await quote(tab.page).getByText("€15.00").waitFor();
    await tab.page.getByLabel("Size").selectOption("small");
    await quote(tab.page).getByText("€9.00").waitFor();
    await tab.page.getByLabel("Size").selectOption("medium");
    await quote(tab.page).getByText("€15.00").waitFor();
    expect(asked()).toBe(2);
    await tab.page.getByLabel("Photos").fill("501");
    await tab.page.getByText("photos must be at most 500").waitFor();
    expect(tab.complaints).toEqual([]);
  });

  it("printing is a mutation with live progress, and its result is the price that was quoted", async () => {
    const tab = await suite.open();
    await order(tab.page, 60);
    await tab.page.getByText(/^\d+ of 60 photos$/).waitFor();
    expect(await tab.page.getByRole("button", { name: "Print", exact: true }).isDisabled()).toBe(true);
    await expectGoodLooks(tab, "example-tanstack-query-printing");
    await printing(tab.page, "success").waitFor();
    await tab.page.getByText("60 photos are ready: €15.00.").waitFor();
    await expectGoodLooks(tab, "example-tanstack-query-done");
    expect(tab.complaints).toEqual([]);
  });

  it("the topic makes the list of another tab fetch anew when an order comes and when it ends", async () => {
    const here = await suite.open();
    await here.page.getByText("Fetching …").waitFor({ state: "hidden" });
    const there = await suite.open();
    const before = await here.page.locator("[data-listed]").count();
    await order(there.page, 40);
    const newest = here.page.locator("[data-listed]").first();
    await expect.poll(() => here.page.locator("[data-listed]").count(), { timeout: 15_000 }).toBe(before + 1);
    await newest.getByText("in work").waitFor();
    await newest.getByText("ready").waitFor();
    expect([...here.complaints, ...there.complaints]).toEqual([]);
  });

  it("a cancelled mutation is an error with a code, and so is an order that no attempt could print", async () => {
    const tab = await suite.open();
    await order(tab.page, 500);
    await tab.page.getByText(/^\d+ of 500 photos$/).waitFor();
    await tab.page.getByRole("button", { name: "Cancel" }).click();
    await tab.page.getByText("The order was cancelled.").waitFor();
    await order(tab.page, 101, "large");
    await tab.page.getByText("There is paper for 100 large photos.").waitFor();
    expect(await printing(tab.page, "error").count()).toBe(1);
    await expectGoodLooks(tab, "example-tanstack-query-failed");
    expect(tab.complaints).toEqual([]);
  });
});
