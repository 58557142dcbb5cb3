/**
 * How an attempt goes wrong: `retryable`, `throw` and `terminal` throw, `hang` waits until it is told to stop, `stall` keeps the
 * processor busy for longer than the lease.
 */
export type Failure = "none" | "retryable" | "throw" | "terminal" | "hang" | "stall";

export interface Behaviour {
  readonly steps: number;
  readonly stepMs: number;
  /** How many effects it has, each in a `once` of its own. */
  readonly effects: number;
  readonly failure: Failure;
  /** Attempts up to this one go wrong, later ones do not. */
  readonly failingAttempts: number;
  readonly resultBytes: number;
}

export interface WorkInput extends Behaviour {
  /** File that every side effect is appended to. */
  readonly log: string;
  /** Stands in everything the work says; nobody else may ever read it. */
  readonly mark: string;
}

export interface WorkOutput {
  readonly mark: string;
  readonly attempt: number;
  readonly filling: string;
}

/** One line of the side effects' log. `resolved`: the handler has seen `once` resolve. */
export interface EffectLine {
  readonly tenant: string;
  readonly request_id: string;
  readonly attempt: number;
  /** One run of the handler. */
  readonly run: string;
  readonly event: "start" | "effect_begins" | "effect_ends" | "resolved" | "end";
  readonly key?: string;
  /** Ms since 1970. */
  readonly at: number;
}
