import type { RequestStatus } from "@streamer/protocol";

/**
 * The state machine of a request: each transition is one conditional write, and this table names its clauses. A write happens when any
 * one of its clauses holds.
 *
 *   pending ──claim──▶ processing ──complete──▶ completed
 *    │ ▲                │  ▲   │ ├─────fail────▶ failed
 *    │ │      retry, recover  claim └──stop─────▶ cancelled
 *    │ │                ▼  │                        ▲
 *    │ │              retrying ──cancel─────────────┤
 *    ├─│──────cancel────────────────────────────────┘
 *    │ └──────redrive──── failed, cancelled
 *    └────────expire────▶ failed
 */
export interface Clause {
  readonly from: RequestStatus;
  /** All of these must hold. Default: none. */
  readonly when?: readonly Guard[];
}

/**
 * - `sameAttempt`: the writer's attempt still stands: a worker that lost its lease to another cannot write (the fence)
 * - `retryDue`: its time has come
 * - `leaseExpired`: the worker has not been heard of for a whole lease
 * - `cancelNotRequested`: nobody asked for its end
 * - `sameDueAt`: nobody, and no other sweeper, has seen to it since it was read
 */
export type Guard = "sameAttempt" | "retryDue" | "leaseExpired" | "cancelNotRequested" | "sameDueAt";

export interface Transition {
  readonly clauses: readonly Clause[];
  readonly to: RequestStatus;
}

const STANDS = ["sameAttempt"] as const;
const LOST = ["sameAttempt", "leaseExpired"] as const;

export const TRANSITIONS = {
  claim: {
    clauses: [{ from: "pending" }, { from: "retrying", when: ["retryDue"] }, { from: "processing", when: ["leaseExpired"] }],
    to: "processing",
  },
  heartbeat: { clauses: [{ from: "processing", when: STANDS }], to: "processing" },
  /** The worker is known to be dead before its lease says so. */
  release: { clauses: [{ from: "processing", when: STANDS }], to: "processing" },
  complete: { clauses: [{ from: "processing", when: STANDS }], to: "completed" },
  fail: { clauses: [{ from: "processing", when: STANDS }], to: "failed" },
  stop: { clauses: [{ from: "processing", when: STANDS }], to: "cancelled" },
  /** Refused to a request whose end was asked for: it would wait for a retry that must not happen. */
  retry: { clauses: [{ from: "processing", when: [...STANDS, "cancelNotRequested"] }], to: "retrying" },
  /** Nobody works on it: it ends at once. */
  cancel: { clauses: [{ from: "pending" }, { from: "retrying" }], to: "cancelled" },
  /** Somebody works on it: it is told, and ends by `stop`. */
  requestCancel: { clauses: [{ from: "processing" }], to: "processing" },

  // The sweeper's, for work whose event, message or worker was lost.
  /** The worker died, attempts are left. */
  recover: { clauses: [{ from: "processing", when: [...LOST, "cancelNotRequested"] }], to: "retrying" },
  /** The worker died, no attempts are left. */
  abandon: { clauses: [{ from: "processing", when: LOST }], to: "failed" },
  /** The worker died before it saw that it should stop. */
  stopLost: { clauses: [{ from: "processing", when: LOST }], to: "cancelled" },
  /** Nobody came for it: its event is sent again. */
  dispatch: { clauses: [{ from: "pending", when: ["sameDueAt"] }], to: "pending" },
  dispatchRetry: { clauses: [{ from: "retrying", when: ["sameDueAt"] }], to: "retrying" },
  /** It has waited too long, or for an action that is no more. */
  expire: {
    clauses: [
      { from: "pending", when: ["sameDueAt"] },
      { from: "retrying", when: ["sameDueAt"] },
    ],
    to: "failed",
  },

  /** An operator's: the one way out of a terminal state. What has completed is done. */
  redrive: {
    clauses: [
      { from: "failed", when: STANDS },
      { from: "cancelled", when: STANDS },
    ],
    to: "pending",
  },
} as const satisfies Record<string, Transition>;

export type TransitionName = keyof typeof TRANSITIONS;

/** What the guards compare with. */
export interface GuardValues {
  readonly attempt?: number;
  readonly now?: number;
  readonly dueAt?: number;
}

/** The state that the clauses look at. */
export interface GuardedState {
  readonly status: RequestStatus;
  readonly attempt: number;
  readonly retry_at?: number | undefined;
  readonly lease_expires_at?: number | undefined;
  readonly cancel_requested_at?: number | undefined;
  readonly due_at?: number | undefined;
}

/** Whether a transition may happen: the table above evaluated in memory, for models and for telling why a write lost. */
export function mayHappen(name: TransitionName, state: GuardedState, values: GuardValues): boolean {
  const clauses: readonly Clause[] = TRANSITIONS[name].clauses;
  return clauses.some(({ from, when = [] }) => from === state.status && when.every((guard) => guardHolds(guard, state, values)));
}

function guardHolds(guard: Guard, state: GuardedState, values: GuardValues): boolean {
  switch (guard) {
    case "sameAttempt":
      return state.attempt === values.attempt;
    case "retryDue":
      return state.retry_at !== undefined && values.now !== undefined && state.retry_at <= values.now;
    case "leaseExpired":
      return state.lease_expires_at !== undefined && values.now !== undefined && state.lease_expires_at <= values.now;
    case "cancelNotRequested":
      return state.cancel_requested_at === undefined;
    case "sameDueAt":
      return state.due_at === values.dueAt;
  }
}

/** The operations of ElectroDB's `where` that clauses need, and the attributes they compare. */
export interface ClauseWriter {
  equals(attribute: "status" | "attempt" | "due_at", value: string | number): string;
  atMost(attribute: "retry_at" | "lease_expires_at", value: number): string;
  absent(attribute: "cancel_requested_at"): string;
}

/** The condition expression of a transition, by the same table. */
export function conditionOf(name: TransitionName, writer: ClauseWriter, values: GuardValues): string {
  const clauses: readonly Clause[] = TRANSITIONS[name].clauses;
  return clauses
    .map(({ from, when = [] }) => [writer.equals("status", from), ...when.map((guard) => guardExpression(guard, writer, values))])
    .map((parts) => `(${parts.join(" AND ")})`)
    .join(" OR ");
}

function guardExpression(guard: Guard, writer: ClauseWriter, values: GuardValues): string {
  switch (guard) {
    case "sameAttempt":
      return writer.equals("attempt", need(values.attempt, "attempt"));
    case "retryDue":
      return writer.atMost("retry_at", need(values.now, "now"));
    case "leaseExpired":
      return writer.atMost("lease_expires_at", need(values.now, "now"));
    case "cancelNotRequested":
      return writer.absent("cancel_requested_at");
    case "sameDueAt":
      return writer.equals("due_at", need(values.dueAt, "dueAt"));
  }
}

function need(value: number | undefined, name: string): number {
  if (value === undefined) throw new TypeError(`This transition's clauses compare with "${name}". Pass it.`);
  return value;
}
