import type { Clock } from "../clock.ts";

export interface FakeClock extends Clock {
  /** Moves time on, running what falls due on the way in order, and lets promises that wait for it settle. */
  advance(ms: number): Promise<void>;
  /** Moves the wall clock only, as when a machine's time is set. */
  setNow(ms: number): void;
  /** Timers that are waiting. */
  readonly pending: number;
}

/** A clock that stands still until it is told to move. Starts at 2026-01-01T00:00:00Z unless told otherwise. */
export function createFakeClock(startMs: number = Date.UTC(2026, 0, 1)): FakeClock {
  let elapsed = 0;
  let origin = startMs;
  let timers: { at: number; run: () => void }[] = [];
  return {
    now: () => origin + elapsed,
    monotonic: () => elapsed,
    after(delayMs, run) {
      const timer = { at: elapsed + Math.max(0, delayMs), run };
      timers.push(timer);
      return { cancel: () => void (timers = timers.filter((other) => other !== timer)) };
    },
    async advance(ms) {
      const until = elapsed + ms;
      for (;;) {
        await settle();
        const next = timers.reduce<{ at: number; run: () => void } | undefined>(
          (a, b) => (a === undefined || b.at < a.at ? b : a),
          undefined,
        );
        if (next === undefined || next.at > until) break;
        timers = timers.filter((other) => other !== next);
        elapsed = Math.max(elapsed, next.at);
        next.run();
      }
      elapsed = until;
      await settle();
    },
    setNow: (ms) => void (origin = ms - elapsed),
    get pending() {
      return timers.length;
    },
  };
}

/** Long enough for a chain of awaits that needs no input or output. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
