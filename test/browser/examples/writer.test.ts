import { describe, expect, it } from "vitest";
import { createPlayedModel } from "../../../packages/examples/writer/functions/src/actions/writeStory/model.ts";
import { findChromium } from "../support/chromium.ts";
import { exampleSuite, expectGoodLooks } from "./support/exampleSuite.ts";
import type { ExamplePage } from "./support/exampleSuite.ts";

/** What the example's model writes to this prompt. */
async function storyAbout(prompt: string): Promise<string> {
  let story = "";
  for await (const token of createPlayedModel({ tokenMs: 0 }).streamTokens(prompt, new AbortController().signal)) story += token;
  return story;
}

/** The writer in a tab, as a person uses it. */
function writerOf({ page, complaints }: ExamplePage) {
  const text = page.locator(".text");
  return {
    page,
    complaints,
    async ask(prompt: string) {
      await page.getByRole("textbox").fill(prompt);
      await page.keyboard.press("Enter");
    },
    text: async () => (await text.textContent()) ?? "",
    /** Resolves when there is at least so much. */
    async hasCharacters(count: number) {
      await page.waitForFunction((least) => (document.querySelector(".text")?.textContent.length ?? 0) >= least, count);
    },
    async isIn(state: RegExp, timeoutMs = 20_000) {
      await page.getByRole("status").filter({ hasText: state }).waitFor({ timeout: timeoutMs });
    },
    requestId: async () => (await page.locator("[data-request]").getAttribute("data-request")) ?? "",
  };
}

describe.skipIf(findChromium() === undefined)("the writer example in Chromium", () => {
  const suite = exampleSuite("writer");
  const open = async () => writerOf(await suite.open());

  it("the text grows while it is written, and ends as the whole story", async () => {
    const story = await storyAbout("a fox and a lighthouse");
    const tab = await open();
    await expectGoodLooks(tab, "writer-empty");
    await tab.ask("a fox and a lighthouse");
    await tab.hasCharacters(1);
    const early = await tab.text();
    await tab.hasCharacters(early.length + 100);
    const later = await tab.text();
    expect(story.startsWith(early)).toBe(true);
    expect(story.startsWith(later)).toBe(true);
    expect(later.length).toBeLessThan(story.length);
    await expectGoodLooks(tab, "writer-writing");
    await tab.isIn(/^Done, \d+ tokens\.$/);
    expect(await tab.text()).toBe(story);
    await expectGoodLooks(tab, "writer-done");
    expect(tab.complaints).toEqual([]);
  });

  it("a reload in the middle goes on where it was, and ends with the whole story, of one attempt", async () => {
    const story = await storyAbout("the last tram home");
    const tab = await open();
    await tab.ask("the last tram home");
    await tab.hasCharacters(200);
    const before = await tab.text();
    const id = await tab.requestId();
    await tab.page.reload();
    await tab.hasCharacters(before.length);
    expect(story.startsWith(await tab.text())).toBe(true);
    expect(await tab.requestId()).toBe(id);
    expect(await tab.page.getByRole("textbox").inputValue()).toBe("the last tram home");
    await tab.isIn(/^Done/);
    expect(await tab.text()).toBe(story);
    expect(await tab.page.locator("[data-attempt]").getAttribute("data-attempt")).toBe("1");
    expect(tab.complaints).toEqual([]);
  });

  it("a stopped story stays as far as it was written, and another can be asked for", async () => {
    const story = await storyAbout("why the sea is salty");
    const tab = await open();
    await tab.page.getByRole("button", { name: "why the sea is salty" }).click();
    await tab.page.getByRole("button", { name: "Write" }).click();
    await tab.hasCharacters(60);
    await tab.page.getByRole("button", { name: "Stop" }).click();
    await tab.isIn(/^Stopped\.$/);
    const stopped = await tab.text();
    expect(stopped.length).toBeGreaterThanOrEqual(60);
    expect(stopped.length).toBeLessThan(story.length);
    expect(story.startsWith(stopped)).toBe(true);
    await tab.page.reload();
    await tab.isIn(/^Stopped\.$/);
    expect(story.startsWith(await tab.text())).toBe(true);
    await tab.ask("a hen");
    await tab.hasCharacters(1);
    expect((await storyAbout("a hen")).startsWith(await tab.text())).toBe(true);
    expect(tab.complaints).toEqual([]);
  });

  it("when the worker is lost another begins anew, its text replaces what was there, and the story is whole", async () => {
    const story = await storyAbout("a clock that ran backwards");
    const tab = await open();
    await tab.ask("a clock that ran backwards");
    await tab.hasCharacters(700);
    expect(suite.example.stack.killWorker("demo", await tab.requestId())).toBe(true);
    // When the lease of ten seconds has ended.
    await tab.isIn(/^The writer before was lost\. Attempt 2/, 40_000);
    await tab.page.waitForFunction(() => (document.querySelector(".text")?.textContent.length ?? 0) < 700);
    await tab.isIn(/^Done/);
    expect(await tab.text()).toBe(story);
    expect(tab.complaints).toEqual([]);
  }, 120_000);
});
