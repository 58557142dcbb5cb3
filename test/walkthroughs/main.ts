// Records the walkthroughs of the documentation: `npm run walkthroughs`, or `npm run walkthroughs -- <name>` for one.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "@streamer/protocol";
import { launchChromium } from "../browser/support/chromium.ts";
import { FILMS_DIR, FILMS_PAGE } from "./files.ts";
import { withFilm } from "./page.ts";
import { perform } from "./perform.ts";
import { webVtt } from "./recording/captions.ts";
import { encode } from "./recording/encode.ts";
import { createTape } from "./recording/tape.ts";
import { walkthroughs } from "./scenes/index.ts";

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !walkthroughs.some((walkthrough) => walkthrough.name === name));
if (unknown.length > 0) {
  throw new Error(`There is no walkthrough ${unknown.join(", ")}. There are: ${walkthroughs.map(({ name }) => name).join(", ")}.`);
}
await mkdir(FILMS_DIR, { recursive: true });
const browser = await launchChromium();
try {
  for (const walkthrough of walkthroughs) {
    const { name, title } = walkthrough;
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    // One after the other: each has the machine for itself.
    // oxlint-disable no-await-in-loop
    const tape = await perform(browser, walkthrough, {
      createTape: () => createTape({ clock: systemClock }),
      rest: (durationMs) => sleep(durationMs),
      withPictures: true,
    });
    const recording = tape.end();
    const { webm, posterPng } = await encode(browser, recording);
    await writeFile(join(FILMS_DIR, `${name}.webm`), webm);
    await writeFile(join(FILMS_DIR, `${name}.png`), posterPng);
    await writeFile(join(FILMS_DIR, `${name}.vtt`), webVtt(title, recording.captions));
    await writeFile(FILMS_PAGE, withFilm(await readFile(FILMS_PAGE, "utf8"), walkthrough, recording.captions));
    // oxlint-enable no-await-in-loop
    const seconds = Math.round(recording.durationMs / 1_000);
    process.stdout.write(`${name}: ${seconds} s, ${recording.pictures.length} pictures, ${Math.ceil(webm.byteLength / 1_024)} KB\n`);
  }
} finally {
  await browser.close();
}
