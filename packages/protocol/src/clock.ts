/** A timer that can be taken back. */
export interface Timer {
  /** Takes the timer back. Nothing happens when it has fired, or was taken back before. */
  cancel(): void;
}

/** Time as a dependency: production passes `systemClock`, tests one that they advance. */
export interface Clock {
  /** Milliseconds since 1970. May jump when the system's time is set. */
  now(): number;
  /** Milliseconds since some moment in the past; never goes back. For measuring leases and deadlines. */
  monotonic(): number;
  /** Calls `run` once after `delayMs`; at the next chance when that is negative. */
  after(delayMs: number, run: () => void): Timer;
}

/** The longest delay that timers of browsers and Node take; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The system's time: `Date.now()`, `performance.now()` and `setTimeout`. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, run) {
    // Looked up at each call, so that tools which replace the global are seen.
    const handle = globalThis.setTimeout(run, Math.max(0, Math.min(delayMs, MAX_TIMER_MS)));
    return { cancel: () => globalThis.clearTimeout(handle) };
  },
};

/**
 * Resolves after `delayMs`.
 *
 * @throws the signal's reason, as soon as it is aborted.
 */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
}
