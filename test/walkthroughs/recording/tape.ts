import type { Clock } from "@streamer/protocol";

/** What a walkthrough leaves behind: pictures of the page, what was said, where the pointer went. Times are those of the film. */
export interface Recording {
  readonly durationMs: number;
  readonly pictures: readonly Picture[];
  readonly captions: readonly Caption[];
  readonly moves: readonly PointerMove[];
  /** When the pointer was pressed. */
  readonly pressesMs: readonly number[];
  /** The moment to show before the film plays. */
  readonly posterAtMs: number;
}

export interface Picture {
  readonly atMs: number;
  /** JPEG, as Base64. */
  readonly jpeg: string;
}

export interface Caption {
  readonly fromMs: number;
  readonly toMs: number;
  readonly text: string;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PointerMove {
  readonly fromMs: number;
  readonly toMs: number;
  readonly to: Point;
}

export interface Tape {
  picture(jpeg: string): void;
  caption(text: string): void;
  movePointer(to: Point, durationMs: number): void;
  press(): void;
  /** What is seen now is shown before the film plays. */
  markPoster(): void;
  /** From now on something is looked at, until `endRest`: all of that time is in the film. Of what takes long in between, a second is. */
  beginRest(): void;
  endRest(): void;
  end(): Recording;
}

/** How much is shown of the time between two rests, in which the machine is waited for: a busy one makes no longer film. */
const SHOWN_WAIT_MS = 1_000;

/** A tape that begins now. */
export function createTape({ clock }: { readonly clock: Clock }): Tape {
  const pictures: Picture[] = [];
  const said: { readonly fromMs: number; readonly text: string }[] = [];
  const moves: PointerMove[] = [];
  const pressesMs: number[] = [];
  let posterAtMs = 0;
  let rests = 0;
  /** The film's time when it last began or ended to rest, and when that was. */
  let reachedMs = 0;
  let sinceMs = clock.monotonic();
  const nowMs = (): number => {
    const passedMs = clock.monotonic() - sinceMs;
    return reachedMs + (rests > 0 ? passedMs : Math.min(passedMs, SHOWN_WAIT_MS));
  };
  const turn = (change: 1 | -1): void => {
    reachedMs = nowMs();
    sinceMs = clock.monotonic();
    rests += change;
  };
  return {
    picture(jpeg) {
      // Of what comes while time stands still the last picture stays.
      if (pictures.at(-1)?.atMs === nowMs()) pictures.pop();
      pictures.push({ atMs: nowMs(), jpeg });
    },
    caption(text) {
      said.push({ fromMs: nowMs(), text });
    },
    movePointer(to, durationMs) {
      moves.push({ fromMs: nowMs(), toMs: nowMs() + durationMs, to });
    },
    press() {
      pressesMs.push(nowMs());
    },
    markPoster() {
      posterAtMs = nowMs();
    },
    beginRest() {
      turn(1);
    },
    endRest() {
      turn(-1);
    },
    end() {
      const durationMs = nowMs();
      const captions = said.map(({ fromMs, text }, index) => ({ fromMs, toMs: said[index + 1]?.fromMs ?? durationMs, text }));
      return { durationMs, pictures, captions, moves, pressesMs, posterAtMs };
    },
  };
}
