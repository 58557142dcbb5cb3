import type { Walkthrough } from "./walkthrough.ts";

export const firstReport: Walkthrough = {
  name: "first-report",
  title: "The first report",
  about: "A report is asked for in the console, worked on by a function of its own, and its way is looked at hop by hop.",
  app: "shipped",
  async play({ page, say, fill, click, point, rest, shorten, markPoster }) {
    await say("This is what “npm run dev” serves: each action of the app is a form.");
    await fill(page.getByLabel("Start date"), "2024-01-01");
    await fill(page.getByLabel("End date"), "2024-12-31");
    await say("A report of a whole year. Its processor is a function of its own, with a queue before it.");
    await click(page.getByRole("button", { name: "Submit", exact: true }));
    await shorten(() => page.locator('.run[data-status="completed"]').waitFor(), 4_000);
    await say("Accepted, stored, queued, worked on, done.");
    await point(page.getByRole("link", { name: /^Open / }));
    await say("The result: a PDF in the bucket, by a link that works for a limited time.");
    markPoster();
    await click(page.locator(".run .run-id"));
    await page.getByRole("tab", { name: "Picture" }).waitFor();
    await say("Its own page: who had it when, to scale, from the client's frame to the result.");
    await click(page.getByRole("tab", { name: /^Each step/ }));
    await say("And each step with its time: router, table, stream, event, queue, processor, posts.");
    await rest(1_500);
  },
};
