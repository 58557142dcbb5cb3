import type { BreakerState } from "./breaker.ts";
import type { SendFailure } from "./errors.ts";

/** What became of one send. `not_found`: known before to be gone, nothing was sent. */
export type SendOutcome = "sent" | "gone" | "not_found" | SendFailure;

/** Where the connection manager's numbers go (S-046 to S-050). Nothing here waits. */
export interface ConnectionMetrics {
  /** One send to one connection. `latencyMs` with its waits and retries. */
  send(outcome: SendOutcome, latencyMs: number): void;
  /** One broadcast: to how many connections, how long until the last result. */
  broadcast(connections: number, durationMs: number): void;
  /** The breaker changed. */
  breaker(state: BreakerState): void;
}

export const noMetrics: ConnectionMetrics = { send: () => undefined, broadcast: () => undefined, breaker: () => undefined };

/** What the numbers are called where they are kept. */
export type ConnectionMetricName =
  | "MessagesSentPerMinute"
  | "SendLatency"
  | "BroadcastThroughput"
  | "SendGone"
  | "SendThrottled"
  | "SendUnavailable"
  | "SendRefused"
  | "SendSkipped"
  | "BreakerState";

/** What counts an outcome. */
const COUNTED_AS: Readonly<Record<SendOutcome, ConnectionMetricName | undefined>> = {
  sent: "MessagesSentPerMinute",
  not_found: undefined,
  gone: "SendGone",
  throttled: "SendThrottled",
  dropped: "SendThrottled",
  unavailable: "SendUnavailable",
  timed_out: "SendUnavailable",
  aborted: "SendUnavailable",
  forbidden: "SendRefused",
  too_large: "SendRefused",
  circuit_open: "SendSkipped",
  unhealthy: "SendSkipped",
};
const BREAKER_STATES: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 1, open: 2 };

/**
 * The numbers by name: milliseconds, connections in a second, one for each send that arrived, and for each that failed by its cause; the
 * breaker's state as 0 closed, 1 half-open, 2 open.
 */
export function createConnectionMetrics(add: (name: ConnectionMetricName, value: number) => void): ConnectionMetrics {
  return {
    send(outcome, latencyMs) {
      // What was not tried has no latency.
      if (outcome !== "not_found" && outcome !== "unhealthy") add("SendLatency", latencyMs);
      const counted = COUNTED_AS[outcome];
      if (counted !== undefined) add(counted, 1);
    },
    broadcast(connections, durationMs) {
      // What took no measurable time has no throughput.
      if (durationMs > 0) add("BroadcastThroughput", (connections / durationMs) * 1_000);
    },
    breaker: (state) => add("BreakerState", BREAKER_STATES[state]),
  };
}
