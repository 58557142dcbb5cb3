import { describe, expect, it } from "vitest";
import { findChromium } from "./support/chromium.ts";
import { complaintsOf, consoleSuite, expectGoodLooks } from "./support/consoleSuite.ts";
import type { ConsoleTab } from "./support/consoleTab.ts";

const rowOf = (tab: ConsoleTab, id: string) => tab.page.locator(`.requests-row[href$="${id}"]`);
const state = (tab: ConsoleTab) => tab.page.getByRole("region", { name: "State" });

describe.skipIf(findChromium() === undefined)("Requests, in Chromium", () => {
  const suite = consoleSuite();

  it("a request shows up by itself, and its row moves to its end", async () => {
    const tab = await suite.open("/requests");
    await tab.page.getByText("No requests yet").waitFor();
    await expectGoodLooks(tab, "requests-none");
    const id = await suite.submit();
    await rowOf(tab, id).waitFor();
    await suite.world.gate.openTo(40);
    await rowOf(tab, id).getByText("40 %", { exact: true }).waitFor();
    await rowOf(tab, id).getByText("Running", { exact: true }).waitFor();
    await suite.world.gate.openTo(100);
    await rowOf(tab, id).getByText("Completed", { exact: true }).waitFor();
    await rowOf(tab, id).getByText("100 %", { exact: true }).waitFor();
    expect(complaintsOf(tab)).toEqual([]);
  });

  it("the filter leaves what fits, also after a reload, and says so when nothing does", async () => {
    await suite.world.gate.openTo(100);
    const done = await suite.submit();
    const tab = await suite.open("/requests");
    await rowOf(tab, done).getByText("Completed", { exact: true }).waitFor();
    await suite.world.gate.openTo(0);
    const running = await suite.submit();
    await rowOf(tab, running).getByText("Running", { exact: true }).waitFor();
    await tab.page.getByLabel("Status").selectOption("completed");
    await rowOf(tab, running).waitFor({ state: "detached" });
    await rowOf(tab, done).waitFor();
    await tab.page.reload();
    await rowOf(tab, done).waitFor();
    expect(await rowOf(tab, running).count()).toBe(0);
    // What begins to fit comes in by itself.
    await suite.world.gate.openTo(100);
    await rowOf(tab, running).waitFor();
    await tab.page.getByLabel("Id", { exact: true }).fill("no id has this in it");
    await tab.page.getByText("No request is like that").waitFor();
    await tab.page.getByRole("button", { name: "Show all requests" }).click();
    await rowOf(tab, done).waitFor();
    await tab.page.getByLabel("Id", { exact: true }).fill(done);
    await rowOf(tab, running).waitFor({ state: "detached" });
    await tab.page.keyboard.press("Enter");
    await tab.page.waitForURL(`**/#/requests/demo/${done}`);
    expect(complaintsOf(tab)).toEqual([]);
  });

  it("one that is opened shows every hop that it passed, its updates and its result", async () => {
    const tab = await suite.open("/requests");
    const id = await suite.submit();
    await rowOf(tab, id).focus();
    await tab.page.keyboard.press("Enter");
    await suite.world.gate.openTo(60);
    await state(tab).getByText("60 %").waitFor();
    await suite.world.gate.openTo(100);
    await state(tab).getByText("Completed").waitFor();
    const lanes = tab.page.locator(".timeline-lane[data-hop]");
    const hops = ["gateway", "router", "table", "pipe", "bus", "queue", "worker", "update", "post", "end"];
    const seen = async (): Promise<readonly string[]> => [
      ...new Set(await lanes.evaluateAll((all) => all.map((lane) => (lane as HTMLElement).dataset["hop"] ?? ""))),
    ];
    await expect.poll(async () => (await seen()).toSorted()).toEqual(hops.toSorted());
    await tab.page.getByRole("tab", { name: /^Each step/ }).click();
    const steps = tab.page.getByRole("region", { name: "Each step" }).or(tab.page.getByRole("table")).first();
    for (const name of ["Gateway", "Router", "Pipe", "Bus", "Queue", "Worker", "End"])
      // In order: the first that is missing is told.
      // oxlint-disable-next-line no-await-in-loop
      await steps.getByText(name, { exact: true }).first().waitFor();
    await tab.page.getByRole("tab", { name: "Picture" }).click();
    await tab.page.getByRole("tab", { name: /^Updates/ }).click();
    await tab.page.getByText("At 60 percent").waitFor();
    await tab.page.getByRole("tab", { name: "Result" }).click();
    await tab.page.getByRole("link", { name: /^Open / }).waitFor();
    expect(complaintsOf(tab)).toEqual([]);
  });

  it("one that runs is cancelled, told as such, and can be redriven", async () => {
    const id = await suite.submit();
    const tab = await suite.open(`/requests/demo/${id}`);
    await suite.world.gate.openTo(10);
    await state(tab).getByText("10 %").waitFor();
    await state(tab).getByRole("button", { name: "Cancel" }).click();
    await state(tab).getByText("Cancelled", { exact: true }).waitFor();
    await suite.world.gate.openTo(100);
    await state(tab).getByRole("button", { name: "Redrive" }).click();
    await state(tab).getByText("Completed", { exact: true }).waitFor();
    expect(complaintsOf(tab)).toEqual([]);
  });

  it("axe has nothing against the list and a request, and nothing is cut off", async () => {
    const running = await suite.submit();
    await suite.world.gate.openTo(40);
    const list = await suite.open("/requests");
    await rowOf(list, running).getByText("40 %", { exact: true }).waitFor();
    await expectGoodLooks(list, "requests");
    const one = await suite.open(`/requests/demo/${running}`);
    await state(one).getByText("40 %").waitFor();
    await expectGoodLooks(one, "request-running");
    await suite.world.gate.openTo(100);
    await state(one).getByText("Completed", { exact: true }).waitFor();
    await expectGoodLooks(one, "request-completed");
    expect(complaintsOf(list, one)).toEqual([]);
  });

  it("a request that nobody has is told as such", async () => {
    const tab = await suite.open("/requests/demo/gone");
    await tab.page
      .getByText(/no such request|not there|no request/i)
      .first()
      .waitFor();
    await expectGoodLooks(tab, "request-gone");
    expect(tab.errors.filter((error) => !error.includes("404"))).toEqual([]);
  });

  // The last one: the next attempt waits for the lease of the one before to be over.
  it("a worker that is killed: the timeline has its end and the attempt that took over", async () => {
    const id = await suite.submit();
    const tab = await suite.open(`/requests/demo/${id}`);
    await suite.world.gate.openTo(40);
    await state(tab).getByText("40 %").waitFor();
    await state(tab).getByRole("button", { name: "Kill worker" }).click();
    await tab.page.getByRole("heading", { name: "Attempt 2" }).waitFor({ timeout: 60_000 });
    await suite.world.gate.openTo(100);
    await state(tab).getByText("Completed", { exact: true }).waitFor();
    await expectGoodLooks(tab, "request-killed");
    expect(complaintsOf(tab)).toEqual([]);
  }, 120_000);
});
