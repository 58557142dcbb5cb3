import type { Clock } from "@streamer/protocol";

/** A wait that can be cut short, one at a time. */
export interface Pause {
  /** Resolves after `ms`, or at the next `wake`. */
  wait(ms: number): Promise<void>;
  /** Ends the wait under way, if there is one. */
  wake(): void;
}

export function createPause(clock: Clock): Pause {
  let end: (() => void) | undefined;
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        const done = (): void => {
          timer.cancel();
          end = undefined;
          resolve();
        };
        const timer = clock.after(ms, done);
        end = done;
      }),
    wake: () => end?.(),
  };
}
