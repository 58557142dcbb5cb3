import { BrokenCircuitError, circuitBreaker, CircuitState, CountBreaker, handleWhenResult } from "cockatiel";
import type { ApiFailure } from "./errors.ts";

/** `open`: nothing is called. `half_open`: one call is let through, the others wait for what becomes of it. */
export type BreakerState = "closed" | "half_open" | "open";

export interface BreakerConfig {
  /** How many of the last calls are looked at. From 1; default 20. */
  readonly windowCalls?: number;
  /** The breaker opens when more than this part of them failed. 0 < n < 1; default 0.5. */
  readonly failureRatio?: number;
  /** How long nothing is called then. Default 1,000 ms. */
  readonly coolDownMs?: number;
}

/** What became of one call. */
export type CallResult =
  | { readonly kind: "ok" }
  | { readonly kind: "gone" | ApiFailure | "circuit_open" | "aborted" | "dropped" | "timed_out"; readonly cause: unknown };

/**
 * Spares an API that fails for all (S-042). Only `unavailable` is a failure of the API: a connection that is gone, or a limit that is
 * reached, is an answer.
 */
export interface Breaker {
  readonly state: BreakerState;
  /** @returns `circuit_open` without a call while the breaker is open. */
  run(call: () => Promise<CallResult>): Promise<CallResult>;
}

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: "closed",
  [CircuitState.HalfOpen]: "half_open",
  [CircuitState.Open]: "open",
  [CircuitState.Isolated]: "open",
};

export function createBreaker(config: BreakerConfig, onChange: (state: BreakerState) => void): Breaker {
  const policy = circuitBreaker(
    handleWhenResult((result) => (result as CallResult).kind === "unavailable"),
    {
      breaker: new CountBreaker({ threshold: config.failureRatio ?? 0.5, size: config.windowCalls ?? 20 }),
      halfOpenAfter: config.coolDownMs ?? 1_000,
    },
  );
  policy.onStateChange((state) => onChange(STATES[state]));
  return {
    get state() {
      return STATES[policy.state];
    },
    async run(call) {
      try {
        return await policy.execute(call);
      } catch (cause) {
        if (cause instanceof BrokenCircuitError) return { kind: "circuit_open", cause };
        throw cause;
      }
    },
  };
}
