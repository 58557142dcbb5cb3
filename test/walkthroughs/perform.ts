import { systemClock } from "@streamer/protocol";
import type { Browser } from "playwright-core";
import { createDirector } from "./director.ts";
import { PAGE_SIZE } from "./recording/encode.ts";
import { startScreencast } from "./recording/screencast.ts";
import type { Tape } from "./recording/tape.ts";
import type { Walkthrough } from "./scenes/walkthrough.ts";
import { startGatedStage, startShippedStage } from "./stage.ts";

const PATIENCE_MS = 120_000;

export interface PerformOptions {
  /** Made when all stands ready: the film begins there. */
  readonly createTape: () => Tape;
  readonly rest: (durationMs: number) => Promise<void>;
  /** Whether the page's pictures go onto the tape. */
  readonly withPictures: boolean;
}

/** Starts the stack that a walkthrough needs, plays it in a window of its own, and stops the stack. @returns the tape. */
export async function perform(browser: Browser, walkthrough: Walkthrough, options: PerformOptions): Promise<Tape> {
  return walkthrough.app === "shipped"
    ? playOn(browser, await startShippedStage(), options, (director, stage) => walkthrough.play(director, stage))
    : playOn(browser, await startGatedStage(), options, (director, stage) => walkthrough.play(director, stage));
}

async function playOn<Stage extends { readonly consoleUrl: string; stop(): Promise<void> }>(
  browser: Browser,
  stage: Stage,
  { createTape, rest, withPictures }: PerformOptions,
  play: (director: ReturnType<typeof createDirector>, stage: Stage) => Promise<void>,
): Promise<Tape> {
  const context = await browser.newContext({ viewport: PAGE_SIZE, colorScheme: "light" });
  try {
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    await page.goto(`${stage.consoleUrl.replace(/\/$/, "")}/#/try?action=generate_report`);
    await page.locator('.connection[data-state="open"]').waitFor();
    const tape = createTape();
    const screencast = withPictures ? await startScreencast(page, { tape, clock: systemClock }) : undefined;
    const look = async (): Promise<void> => screencast?.look();
    await play(createDirector({ page, tape, look, rest }), stage);
    await screencast?.stop();
    return tape;
  } finally {
    await context.close();
    await stage.stop();
  }
}
