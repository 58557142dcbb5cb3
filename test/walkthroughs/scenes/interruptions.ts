import type { Walkthrough } from "./walkthrough.ts";

const STEP = 10;
const STEP_MS = 300;

export const interruptions: Walkthrough = {
  name: "interruptions",
  title: "A reload, a dropped socket, a killed worker",
  about:
    "One report goes through a page reload, a lost connection and the death of its worker, and still ends once, with all that was told.",
  app: "gated",
  async play({ page, say, fill, click, rest, shorten, markPoster }, { gate }) {
    const standsAt = (percentage: number) => page.locator(`.run .bar[aria-valuenow="${percentage}"]`).waitFor();
    const workFrom = async (from: number, to: number): Promise<void> => {
      for (let percentage = from + STEP; percentage <= to; percentage += STEP) {
        // Step by step, as it is to be seen.
        // oxlint-disable no-await-in-loop
        await gate.openTo(percentage);
        await rest(STEP_MS);
        // oxlint-enable no-await-in-loop
      }
    };
    await fill(page.getByLabel("Start date"), "2024-01-01");
    await fill(page.getByLabel("End date"), "2024-01-31");
    await click(page.getByRole("button", { name: "Submit", exact: true }));
    await workFrom(0, 20);
    await standsAt(20);
    await say("In the middle of a report, the page is reloaded.");
    await page.reload();
    await standsAt(20);
    await say("The bar stands where it stood: what was told is stored.");
    await workFrom(20, 40);
    await standsAt(40);
    await say("Now the socket is dropped, as in a tunnel.");
    await click(page.getByRole("button", { name: "Drop socket" }));
    await workFrom(40, 60);
    await page.getByText("Caught up: nothing was lost.").waitFor();
    await standsAt(60);
    await say("It came back by itself, with what it had missed. Now the worker is killed.");
    await click(page.getByRole("button", { name: "Kill worker" }));
    await page.getByText("Worker killed", { exact: true }).waitFor();
    await say("Nobody hears of a dead process. Its lease runs out, after 15 seconds.");
    markPoster();
    const second = page.getByRole("list", { name: "Attempts" }).getByText(/^Attempt 2/);
    await shorten(() => second.waitFor(), 1_500);
    await say("(The wait is cut.) Another worker took over: attempt 2 of the same request.");
    await workFrom(60, 100);
    await page.locator('.run[data-status="completed"]').waitFor();
    await say("One request, one id, one result.");
  },
};
