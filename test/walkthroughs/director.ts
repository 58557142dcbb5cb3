import type { Locator, Page } from "playwright-core";
import type { Tape } from "./recording/tape.ts";

/** Who drives the page of a walkthrough: as a person does, and telling the tape. */
export interface Director {
  readonly page: Page;
  /** Says what is seen from now on, and leaves time to read it. */
  readonly say: (text: string) => Promise<void>;
  /** Moves the pointer there and clicks. */
  readonly click: (target: Locator) => Promise<void>;
  /** Clicks into a field and gives it a value at once. */
  readonly fill: (target: Locator, value: string) => Promise<void>;
  /** Points at something, without a click. */
  readonly point: (target: Locator) => Promise<void>;
  /** Lets what is on the page be looked at. */
  readonly rest: (durationMs: number) => Promise<void>;
  /** What is seen now is shown before the film plays. */
  readonly markPoster: () => void;
  /** Waits for something that may take long: the film shows so much of its beginning, and its end. */
  readonly shorten: (wait: () => Promise<void>, shownMs: number) => Promise<void>;
}

export interface DirectorDeps {
  readonly page: Page;
  readonly tape: Tape;
  /** Puts the page as it stands onto the tape. */
  readonly look: () => Promise<void>;
  /** How time passes while something is looked at. A test passes one that does not wait. */
  readonly rest: (durationMs: number) => Promise<void>;
}

/** How long a caption stands at least, and longer with its length: what subtitles are usually given. */
const CAPTION_MIN_MS = 2_000;
const CAPTION_MS_PER_LETTER = 36;
const MOVE_MS = 600;
const AFTER_CLICK_MS = 300;

export function createDirector({ page, tape, look, rest: sleep }: DirectorDeps): Director {
  const rest = async (durationMs: number): Promise<void> => {
    tape.beginRest();
    await sleep(durationMs);
    tape.endRest();
  };
  const point = async (target: Locator): Promise<void> => {
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    if (box === null) throw new Error(`${target.toString()} is not on the page: the walkthrough cannot point at it.`);
    tape.movePointer({ x: box.x + Math.min(box.width / 2, 160), y: box.y + box.height / 2 }, MOVE_MS);
    await rest(MOVE_MS);
  };
  const click = async (target: Locator): Promise<void> => {
    await point(target);
    tape.press();
    await target.click();
    await rest(AFTER_CLICK_MS);
  };
  return {
    page,
    rest,
    point,
    click,
    async say(text) {
      // What is said is seen.
      await look();
      tape.caption(text);
      await rest(Math.max(CAPTION_MIN_MS, text.length * CAPTION_MS_PER_LETTER));
    },
    async fill(target, value) {
      await point(target);
      tape.press();
      await target.fill(value);
      await rest(AFTER_CLICK_MS);
    },
    markPoster: () => tape.markPoster(),
    async shorten(wait, shownMs) {
      const waited = wait();
      const isOver = await Promise.race([waited.then(() => true), rest(shownMs).then(() => false)]);
      await waited;
      await look();
      if (!isOver) await rest(500);
    },
  };
}
