import type { Walkthrough } from "./walkthrough.ts";

export const deadLetter: Walkthrough = {
  name: "dead-letter",
  title: "Redriving a dead letter",
  about:
    "A request fails for good, is found among the dead letters with its reason, and is started again under the same id once the cause is mended.",
  app: "gated",
  async play({ page, say, fill, click, point, rest, markPoster }, { gate }) {
    await gate.failAll("The sales of January are locked");
    await say("Something is wrong today: this app's reports fail, and trying again would not help.");
    await fill(page.getByLabel("Start date"), "2024-01-01");
    await fill(page.getByLabel("End date"), "2024-01-31");
    await click(page.getByRole("button", { name: "Submit", exact: true }));
    await page.locator('.run[data-status="failed"]').waitFor();
    await say("The client is told that it failed, by a code and a fixed sentence. The cause is not its business.");
    await click(page.getByRole("navigation", { name: "Console" }).getByRole("link", { name: "Dead letters" }));
    const reason = page.getByText("The sales of January are locked");
    await point(reason);
    await say("The operator sees the cause. Nothing is lost: the request is kept, with all it was given.");
    markPoster();
    await gate.openTo(100);
    await say("The cause is mended (here by the script). Now the request is started again.");
    await click(page.getByRole("button", { name: /^Redrive generate_report/ }));
    await page.getByText("Nothing has died").waitFor();
    await say("The same id, all attempts anew.");
    await click(page.getByRole("navigation", { name: "Console" }).getByRole("link", { name: "Try it" }));
    await page.locator('.run[data-status="completed"]').waitFor();
    await say("Whoever held its handle sees it complete: this page never asked again.");
    await rest(1_000);
  },
};
