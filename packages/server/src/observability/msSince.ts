import type { Clock } from "@streamer/protocol";

/** For `duration_ms`: whole milliseconds since a time that the same clock's `monotonic` gave. */
export function msSince(clock: Pick<Clock, "monotonic">, startedAt: number): number {
  return Math.round(clock.monotonic() - startedAt);
}
