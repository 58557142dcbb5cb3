import type { Browser, Page } from "playwright-core";
import type { Composed } from "./compose.ts";
import { compose } from "./compose.ts";
import { createStudio } from "./studio.ts";
import type { Recording } from "./tape.ts";
import type { EncodedPicture } from "./webm.ts";
import { webm } from "./webm.ts";

/** The page's part of the film, and below it a strip for the caption: it hides nothing. */
export const PAGE_SIZE = { width: 1280, height: 720 };
const STRIP_HEIGHT = 80;
/** A place that WebCodecs takes for a safe one. Nothing is fetched from there. */
const STUDIO_URL = "https://studio.test/";

export interface EncodedFilm {
  readonly webm: Uint8Array;
  /** A picture of the film to show before it plays. */
  readonly posterPng: Uint8Array;
}

export async function encode(browser: Browser, recording: Recording): Promise<EncodedFilm> {
  const context = await browser.newContext();
  await context.route(STUDIO_URL, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><canvas></canvas>" }));
  const page = await context.newPage();
  await page.goto(STUDIO_URL);
  await page.evaluate(`globalThis.studio = (${createStudio.toString()})(${JSON.stringify({ ...PAGE_SIZE, stripHeight: STRIP_HEIGHT })})`);
  const composed = compose(recording);
  for (const picture of composed) {
    // One after the other: the encoder wants them in their order.
    // oxlint-disable-next-line no-await-in-loop
    await draw(page, recording, picture, "encode");
  }
  const pictures = await page.evaluate(() => globalThis.studio.finish());
  const poster = composed.findLast(({ atMs }) => atMs <= recording.posterAtMs) ?? composed[0];
  const posterPng = poster === undefined ? "" : await draw(page, recording, poster, "png");
  await context.close();
  const height = PAGE_SIZE.height + STRIP_HEIGHT;
  return {
    webm: webm({ width: PAGE_SIZE.width, height, durationMs: recording.durationMs, pictures: pictures.map(bytesOf) }),
    posterPng: Buffer.from(posterPng, "base64"),
  };
}

function draw(page: Page, { pictures }: Recording, { picture, ...rest }: Composed, into: "encode" | "png"): Promise<string> {
  const jpeg = pictures[picture]?.jpeg;
  if (jpeg === undefined) throw new Error("The recording has no picture. Did Chromium draw the page at all?");
  return page.evaluate(([input, kind]) => globalThis.studio.draw(input, kind), [{ ...rest, jpeg }, into] as const);
}

function bytesOf({ data, ...rest }: Omit<EncodedPicture, "data"> & { readonly data: string }): EncodedPicture {
  return { ...rest, data: Buffer.from(data, "base64") };
}
