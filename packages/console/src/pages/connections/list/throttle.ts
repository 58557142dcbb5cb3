import type { Clock } from "@streamer/protocol";

/** Calls that come close together become one, `delayMs` after the first. */
export function createThrottle(
  { delayMs, run }: { readonly delayMs: number; readonly run: () => void },
  { clock }: { readonly clock: Clock },
): {
  readonly call: () => void;
  /** What waits is not called any more. */
  readonly stop: () => void;
} {
  let timer: { cancel(): void } | undefined;
  return {
    call() {
      timer ??= clock.after(delayMs, () => {
        timer = undefined;
        run();
      });
    },
    stop() {
      timer?.cancel();
      timer = undefined;
    },
  };
}
