import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { findChromium } from "../support/chromium.ts";
import { exampleSuite, expectGoodLooks } from "./support/exampleSuite.ts";

/** Fills the form in and sends it. @returns the id of the report's request. */
async function makeReport(page: Page, { from = "2024-01", to = "2024-02", busy = false } = {}): Promise<string> {
  await page.getByLabel("From").fill(from);
  await page.getByLabel("To", { exact: true }).fill(to);
  await page.getByLabel("Let the first attempt fail").setChecked(busy);
  const before = page.url();
  await page.getByRole("button", { name: "Make report" }).click();
  await page.waitForURL((url) => url.href !== before);
  return new URL(page.url()).hash.slice(1);
}

const shown = (page: Page, status: string) => page.locator(`[data-request][data-status="${status}"]`);
const percentage = async (page: Page): Promise<number> =>
  page.locator("[data-request] progress").evaluate((bar: HTMLProgressElement) => bar.value);

describe.skipIf(findChromium() === undefined)("the reports example in Chromium", () => {
  const suite = exampleSuite("reports");

  it("a report is shown while it is made, and its link is a CSV file of the months", async () => {
    const tab = await suite.open();
    await makeReport(tab.page, { to: "2024-06" });
    await tab.page.getByText(/Collecting 2024-0[2-6]/).waitFor();
    await tab.page.locator("[aria-current=step]").getByText("collect").waitFor();
    await shown(tab.page, "completed").waitFor();
    const link = tab.page.getByRole("link", { name: "Download CSV" });
    const csv = await (await fetch((await link.getAttribute("href")) ?? "")).text();
    const months = new Set(
      csv
        .trimEnd()
        .split("\r\n")
        .slice(1)
        .map((line) => line.slice(0, 7)),
    );
    expect([...months]).toEqual(["2024-01", "2024-02", "2024-03", "2024-04", "2024-05", "2024-06"]);
    expect(await percentage(tab.page)).toBe(100);
    expect(tab.complaints).toEqual([]);
  });

  it("after a reload in the middle it goes on with the same report, from where that is", async () => {
    const tab = await suite.open();
    const id = await makeReport(tab.page, { to: "2024-10" });
    await tab.page.getByText("Collecting 2024-03").waitFor();
    const before = await percentage(tab.page);
    await tab.page.reload();
    await shown(tab.page, "running").waitFor();
    await expect.poll(() => percentage(tab.page)).toBeGreaterThanOrEqual(before);
    expect(await tab.page.locator("[data-request]").getAttribute("data-request")).toBe(id);
    await shown(tab.page, "completed").waitFor();
    expect(tab.complaints).toEqual([]);
  });

  it("an attempt that fails is shown as such, with the time of the next, which makes the report", async () => {
    const tab = await suite.open();
    await makeReport(tab.page, { busy: true });
    await shown(tab.page, "retrying").waitFor();
    await tab.page.getByText(/It is asked again (now|in [1-5] s)/).waitFor();
    await expectGoodLooks(tab, "example-reports-retrying");
    await tab.page.getByText("(attempt 2)").first().waitFor();
    await shown(tab.page, "completed").waitFor();
    expect(tab.complaints).toEqual([]);
  });

  it("a report that is cancelled ends, and has no file", async () => {
    const tab = await suite.open();
    await makeReport(tab.page, { from: "2020-01", to: "2024-12" });
    await tab.page.getByText("Collecting 2020-02").waitFor();
    await tab.page.getByRole("button", { name: "Cancel" }).click();
    await shown(tab.page, "cancelled").waitFor();
    await tab.page.getByText("The report was cancelled.").waitFor();
    expect(await tab.page.getByRole("link", { name: "Download CSV" }).count()).toBe(0);
    expect(tab.complaints).toEqual([]);
  });

  it("the list follows reports of other tabs, and opens one of them with its file", async () => {
    const here = await suite.open();
    await here.page.getByText("Fetching …").waitFor({ state: "hidden" });
    const there = await suite.open();
    const id = await makeReport(there.page, { from: "2023-05", to: "2023-07" });
    const row = here.page.locator(`[data-listed="${id}"]`);
    await row.getByText("running").waitFor();
    await row.getByText("completed").waitFor();
    await row.getByRole("button", { name: "Show" }).focus();
    await here.page.keyboard.press("Enter");
    await here.page.locator(`[data-request="${id}"][data-status="completed"]`).waitFor();
    await here.page.getByRole("link", { name: "Download CSV" }).waitFor();
    await expectGoodLooks(here, "example-reports-done");
    expect([...here.complaints, ...there.complaints]).toEqual([]);
  });

  it("months in the wrong order are refused by the server's schema, in words", async () => {
    const tab = await suite.open();
    await makeReport(tab.page, { from: "2024-05", to: "2024-01" });
    await shown(tab.page, "failed").waitFor();
    expect(await tab.page.getByRole("alert").innerText()).toBe('This report cannot be made: "to" must not be before the first month.');
    await expectGoodLooks(tab, "example-reports-refused");
    expect(tab.complaints).toEqual([]);
  });
});
