/**
 * What chaos can do. `record_*`: a change of the table on its way into the pipe. `event_*`: an event on its way from the bus to a queue.
 * `message_*`: a message of a queue on its way to a worker. `sandbox_*`: the process a function runs in. `call_*` and `answer_lost`: a
 * function's call of DynamoDB, SQS, S3 or EventBridge. `post_*`: a function's call of the gateway's management API. `socket_cut`: a
 * client's WebSocket.
 */
export type FaultKind =
  | "record_duplicated"
  | "record_delayed"
  | "record_reordered"
  | "record_dropped"
  | "event_duplicated"
  | "event_delayed"
  | "event_dropped"
  | "message_duplicated"
  | "message_delayed"
  | "message_dropped"
  | "sandbox_killed"
  | "sandbox_crashed_at_start"
  | "call_throttled"
  | "call_failed"
  | "answer_lost"
  | "post_gone"
  | "post_throttled"
  | "post_slow"
  | "post_failed"
  | "socket_cut";

/** Of each kind of fault the share of occasions, 0 (never) to 1 (always), at which it happens. */
export type FaultRates = Readonly<Record<FaultKind, number>>;

/** How the local stack shall hurt. */
export interface ChaosOptions {
  /** Any safe integer. The same seed does the same to the same things. */
  readonly seed: number;
  /** Share of occasions, 0 to 1, of each fault. Default of each: `DEFAULT_RATES`, a rough day. */
  readonly rates?: Partial<FaultRates>;
  /** Sandboxes' clocks are off by up to this, either way; each sandbox by its own amount. Default 0. */
  readonly clockSkewMs?: number;
  /** The longest that a delay lasts, and that a sandbox lives on before it is killed. Default 500. */
  readonly maxDelayMs?: number;
  /** Whether it sleeps until it is told to rage: nothing is even counted before. Default false: it is active from the start. */
  readonly asleep?: boolean;
}

/** The chaos of a running local stack. */
export interface Chaos {
  readonly seed: number;
  /** How often each fault has happened up to now. */
  readonly counts: Readonly<Record<FaultKind, number>>;
  /** Whether faults happen now. */
  readonly active: boolean;
  /** As they are, active or not. */
  readonly rates: FaultRates;
  /** No more faults, and the clocks of new sandboxes are right again, so that what is under way can end. */
  calm(): void;
  /**
   * Other rates, whether it is active or not: a fault that is not named never happens.
   *
   * @throws {RangeError} as `rage()`
   */
  setRates(rates: Partial<FaultRates>): void;
  /**
   * Begins again.
   *
   * @param rates from now on in place of those so far: a fault that is not named never happens. Default: the rates stay.
   * @throws {RangeError} for a rate outside 0 to 1, or of no known fault.
   */
  rage(rates?: Partial<FaultRates>): void;
}
