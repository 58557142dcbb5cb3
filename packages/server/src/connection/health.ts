import type { Clock } from "@streamer/protocol";
import type { CallResult } from "./breaker.ts";

export interface HealthConfig {
  /** So many failed sends in a row make a connection unhealthy. Default 3 (S-043). */
  readonly unhealthyAfter?: number;
  /** After this long an unhealthy connection is tried again, by one send. Default 5,000 ms. */
  readonly coolDownMs?: number;
}

/**
 * What earlier sends told about connections. In memory, of the last connections that failed only: a connection that is well, or that this
 * process has never sent to, costs nothing and is tried.
 */
export interface ConnectionHealth {
  /** Known to be gone, without a read (S-026). */
  isGone(connectionId: string): boolean;
  /** Whether it is worth trying. A `true` for an unhealthy connection is given to one sender, as a probe; then the cool-down starts anew. */
  mayTry(connectionId: string): boolean;
  record(connectionId: string, kind: CallResult["kind"]): void;
}

/** Connections that are remembered; the oldest are forgotten first, and are then tried once more. */
const MAX_REMEMBERED = 10_000;

interface Entry {
  readonly gone: boolean;
  readonly failures: number;
  /** On the monotonic clock; it is unhealthy when this is set. */
  readonly tryAt: number | undefined;
}

export function createConnectionHealth(config: HealthConfig, clock: Pick<Clock, "monotonic">): ConnectionHealth {
  const { unhealthyAfter = 3, coolDownMs = 5_000 } = config;
  const entries = new Map<string, Entry>();

  const remember = (connectionId: string, entry: Entry): void => {
    entries.delete(connectionId);
    entries.set(connectionId, entry);
    const [oldest] = entries.keys();
    if (entries.size > MAX_REMEMBERED && oldest !== undefined) entries.delete(oldest);
  };

  return {
    isGone: (connectionId) => entries.get(connectionId)?.gone === true,
    mayTry(connectionId) {
      const entry = entries.get(connectionId);
      if (entry?.tryAt === undefined) return true;
      if (clock.monotonic() < entry.tryAt) return false;
      remember(connectionId, { ...entry, tryAt: clock.monotonic() + coolDownMs });
      return true;
    },
    record(connectionId, kind) {
      switch (kind) {
        case "ok":
          entries.delete(connectionId);
          return;
        case "gone":
          remember(connectionId, { gone: true, failures: 0, tryAt: undefined });
          return;
        case "unavailable":
        case "timed_out": {
          const failures = (entries.get(connectionId)?.failures ?? 0) + 1;
          const tryAt = failures < unhealthyAfter ? undefined : clock.monotonic() + coolDownMs;
          remember(connectionId, { gone: false, failures, tryAt });
          return;
        }
        case "throttled":
        case "too_large":
        case "forbidden":
        case "circuit_open":
        case "dropped":
        case "aborted":
          // These tell of the account, of the message or of us, not of the connection.
          return;
      }
    },
  };
}
