import type { Clock } from "@streamer/protocol";
import { createValue } from "../api/value.ts";
import type { Readable } from "../api/value.ts";

const TICK_MS = 1_000;

/** The time of the clock, anew each second while somebody looks. */
export function createNow(clock: Clock): Readable<number> {
  const value = createValue(clock.now());
  let watchers = 0;
  let timer: { cancel(): void } | undefined;
  const tick = (): void => {
    value.set(clock.now());
    timer = clock.after(TICK_MS, tick);
  };
  return {
    get: value.get,
    subscribe(listener) {
      // While nobody looked it stood still.
      if (watchers === 0) value.set(clock.now());
      const stop = value.subscribe(listener);
      watchers += 1;
      timer ??= clock.after(TICK_MS, tick);
      return () => {
        stop();
        watchers -= 1;
        if (watchers > 0) return;
        timer?.cancel();
        timer = undefined;
      };
    },
  };
}
