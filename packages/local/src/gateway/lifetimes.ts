import type { Clock, Timer } from "@streamer/protocol";
import { GOING_AWAY } from "./closings.ts";
import type { Connection } from "./connection.ts";

/** Ends connections that are silent or old. One timer for all of them, set to the earliest deadline. */
export interface Lifetimes {
  /** Call after a connection was added. */
  watch(): void;
  stop(): void;
}

export function createLifetimes(connections: Iterable<Connection>, clock: Clock): Lifetimes {
  let timer: Timer | undefined;
  let stopped = false;

  const schedule = (): void => {
    const now = clock.monotonic();
    let earliestMs = Infinity;
    for (const connection of connections) {
      if (!connection.open) continue;
      if (connection.deadlineMs <= now) connection.close(GOING_AWAY);
      else earliestMs = Math.min(earliestMs, connection.deadlineMs);
    }
    timer = earliestMs === Infinity ? undefined : clock.after(earliestMs - now, schedule);
  };

  return {
    watch() {
      // A running timer fires early enough: no connection has more time left than one that is just opened.
      if (timer === undefined && !stopped) schedule();
    },
    stop() {
      stopped = true;
      timer?.cancel();
      timer = undefined;
    },
  };
}
