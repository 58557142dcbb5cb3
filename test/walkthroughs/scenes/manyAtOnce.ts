import type { Walkthrough } from "./walkthrough.ts";

export const manyAtOnce: Walkthrough = {
  name: "many-at-once",
  title: "Ten at once, and a batch",
  about: "Ten reports over one connection, each with its bar; then twenty as one batch, with one percentage and a square for each.",
  app: "shipped",
  async play({ page, say, fill, click, point, rest, shorten, markPoster }) {
    const completed = page.locator('.run[data-status="completed"]');
    await say("Ten requests at once, over one connection.");
    await fill(page.getByLabel("Start date"), "2024-01-01");
    await fill(page.getByLabel("End date"), "2024-03-31");
    await click(page.getByRole("button", { name: "Run 10 at once" }));
    await page.locator(".run").nth(9).waitFor();
    await say("Each has an id, a bar and a result of its own. None waits for another's socket.");
    await shorten(() => completed.nth(9).waitFor(), 5_000);
    await say("Ten of ten. (Long waits are cut.)");
    await fill(page.getByLabel("As one batch of"), "20");
    await say("Twenty more, as one batch: for a page that shows one percentage.");
    await click(page.getByRole("button", { name: "Submit batch" }));
    await page.locator(".batch-items li").nth(19).waitFor();
    await say("A square for each request. A batch is resumed after a reload, like anything else.");
    await shorten(() => page.locator('.run[data-batch][data-done="true"]').waitFor(), 4_000);
    await point(page.getByText("20 completed"));
    markPoster();
    await say("All twenty completed; one that fails would be named, and the others would go on.");
    await rest(1_000);
  },
};
