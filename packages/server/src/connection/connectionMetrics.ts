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
