import type { RequestHandle } from "@streamer/client";
import { whenToldToStop } from "../stopSignals.ts";

/**
 * Runs `watch` until it is done or Ctrl+C aborts its signal. When `cancelFirst`, the first Ctrl+C cancels the requests and their ends are
 * waited for; the second aborts.
 */
export async function interruptible<Result>(
  handles: readonly RequestHandle[],
  cancelFirst: boolean,
  watch: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const leave = new AbortController();
  const stops = [whenToldToStop()];
  const interrupted = async (): Promise<void> => {
    await stops[0]?.promise;
    if (cancelFirst && !leave.signal.aborted) {
      const second = whenToldToStop();
      stops.push(second);
      process.stderr.write("Cancelling. Ctrl+C again stops waiting for it.\n");
      // What refuses to be cancelled has ended, and its story tells how.
      void Promise.allSettled(handles.map((handle) => handle.cancel("interrupted")));
      await second.promise;
    }
    leave.abort();
  };
  void interrupted();
  try {
    return await watch(leave.signal);
  } finally {
    for (const stop of stops) stop.release();
  }
}
