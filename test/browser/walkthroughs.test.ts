import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "@streamer/protocol";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FILMS_DIR, FILMS_PAGE, PUBLIC_DIR } from "../walkthroughs/files.ts";
import { perform } from "../walkthroughs/perform.ts";
import { createTape } from "../walkthroughs/recording/tape.ts";
import { walkthroughs } from "../walkthroughs/scenes/index.ts";
import { findChromium, launchChromium } from "./support/chromium.ts";

const MAX_FILM_BYTES = 2.5 * 1_024 * 1_024;
const film = (name: string, extension: string) => join(FILMS_DIR, `${name}.${extension}`);

describe("the page of the walkthroughs", () => {
  it("shows every film there is a script for, with its poster and its captions, and no other", async () => {
    const page = await readFile(FILMS_PAGE, "utf8");
    const shown = [...page.matchAll(/"\/walkthroughs\/([\w-]+)\.(webm|vtt|png)/g)].map(([, name = "", extension = ""]) => ({
      name,
      extension,
    }));
    const expected = walkthroughs.flatMap(({ name }) => ["png", "webm", "vtt"].map((extension) => ({ name, extension })));
    expect(shown).toEqual(expected);
    expect(shown.filter(({ name, extension }) => !existsSync(film(name, extension)))).toEqual([]);
  });

  it("tells below each film what is said in it", async () => {
    const page = await readFile(FILMS_PAGE, "utf8");
    const said = await Promise.all(walkthroughs.map(async ({ name }) => sentencesOf(await readFile(film(name, "vtt"), "utf8"))));
    expect(said.flat().filter((sentence) => !page.includes(`- ${sentence}`))).toEqual([]);
  });

  it("has films that load quickly", async () => {
    const sizes = await Promise.all(walkthroughs.map(async ({ name }) => ({ name, bytes: (await stat(film(name, "webm"))).size })));
    expect(sizes.filter(({ bytes }) => bytes > MAX_FILM_BYTES)).toEqual([]);
  });

  it("and the README have pictures of the console, by day and by night", () => {
    expect(["console.png", "console-dark.png"].filter((name) => !existsSync(join(PUBLIC_DIR, name)))).toEqual([]);
  });
});

describe.skipIf(findChromium() === undefined)("the walkthroughs, in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it.each(walkthroughs)("$name: its script can be played, and says what its film says", { timeout: 180_000 }, async (walkthrough) => {
    const tape = await perform(browser, walkthrough, {
      createTape: () => createTape({ clock: systemClock }),
      rest: () => Promise.resolve(),
      withPictures: false,
    });
    const said = tape.end().captions.map(({ text }) => text);
    expect(said).toEqual(sentencesOf(await readFile(film(walkthrough.name, "vtt"), "utf8")));
  });

  it.each(walkthroughs)("$name: its film plays to its last caption, and can be wound", async ({ name }) => {
    const page = await browser.newPage();
    await page.setContent("<video muted></video>");
    const bytes = (await readFile(film(name, "webm"))).toString("base64");
    const played = await page.evaluate(async (base64) => {
      const video = document.querySelector("video");
      if (video === null) throw new Error("The page has no video.");
      const data = Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0) ?? 0);
      const is = (event: string) => new Promise((done) => video.addEventListener(event, done, { once: true }));
      const loaded = is("loadeddata");
      video.src = URL.createObjectURL(new Blob([data], { type: "video/webm" }));
      await loaded;
      const wound = is("seeked");
      video.currentTime = video.duration - 0.5;
      await wound;
      return { width: video.videoWidth, durationS: video.duration, atS: video.currentTime, state: video.readyState };
    }, bytes);
    const [, lastEnd = ""] = /.*--> ([\d:.]+)\s*\n[^\n]*\s*$/.exec(await readFile(film(name, "vtt"), "utf8")) ?? [];
    expect(played.width).toBe(1280);
    expect(played.durationS).toBeCloseTo(secondsOf(lastEnd), 1);
    expect(played.atS).toBeCloseTo(played.durationS - 0.5, 1);
    expect(played.state).toBeGreaterThanOrEqual(2);
    await page.close();
  });
});

/** What a WebVTT file says, cue by cue. */
function sentencesOf(vtt: string): readonly string[] {
  return [...vtt.matchAll(/-->.*\n(.+)/g)].map(([, text = ""]) => text);
}

function secondsOf(time: string): number {
  return time.split(":").reduce((total, part) => total * 60 + Number(part), 0);
}
