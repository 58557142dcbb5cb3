import type { Clock } from "@streamer/protocol";

/** What is under way, so that it can be waited for. */
export interface Operations {
  /** Runs `work`; its signal is aborted when nobody waits for it any longer. */
  run<T>(work: (stop: AbortSignal) => Promise<T>): Promise<T>;
  /** Resolves when all that is under way now has ended; what has not after `timeoutMs` is aborted. @returns how many were aborted. */
  drain(timeoutMs: number): Promise<number>;
}

export function createOperations(clock: Pick<Clock, "after">): Operations {
  const running = new Map<AbortController, Promise<unknown>>();
  return {
    async run(work) {
      const stop = new AbortController();
      const done = work(stop.signal);
      running.set(stop, done);
      try {
        return await done;
      } finally {
        running.delete(stop);
      }
    },
    async drain(timeoutMs) {
      const waitedFor = [...running];
      let aborted = 0;
      const timer = clock.after(timeoutMs, () => {
        for (const [stop] of waitedFor) {
          if (!running.has(stop)) continue;
          aborted += 1;
          stop.abort(new Error(`Not waited for after ${timeoutMs} ms.`));
        }
      });
      await Promise.allSettled(waitedFor.map(([, done]) => done));
      timer.cancel();
      return aborted;
    },
  };
}
