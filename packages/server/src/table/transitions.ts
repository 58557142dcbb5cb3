import type { RequestStatus } from "@streamer/protocol";

/**
 * The state machine of a request: each transition is one conditional write, and this table names its clauses. A write happens when any
 * one of its clauses holds.
 *
 *   pending ──claim──▶ processing ──complete──▶ completed
 *      │                 │  ▲  │ └─────fail────▶ failed
 *      │               retry claim└───stop─────▶ cancelled
 *      │                 ▼  │                       ▲
 *      │               retrying ──cancel────────────┤
 *      └─cancel─────────────────────────────────────┘
 */
export interface Clause {
  readonly from: RequestStatus;
  /**
   * - `sameAttempt`: the writer's attempt still stands: a worker that lost its lease to another cannot write (the fence)
   * - `retryDue`: its time has come
   * - `leaseExpired`: the worker has not been heard of for a whole lease
   */
  readonly when?: "sameAttempt" | "retryDue" | "leaseExpired";
}

export interface Transition {
  readonly clauses: readonly Clause[];
  readonly to: RequestStatus;
}

export const TRANSITIONS = {
  claim: {
    clauses: [{ from: "pending" }, { from: "retrying", when: "retryDue" }, { from: "processing", when: "leaseExpired" }],
    to: "processing",
  },
  heartbeat: { clauses: [{ from: "processing", when: "sameAttempt" }], to: "processing" },
  /** The worker is known to be dead before its lease says so. */
  release: { clauses: [{ from: "processing", when: "sameAttempt" }], to: "processing" },
  complete: { clauses: [{ from: "processing", when: "sameAttempt" }], to: "completed" },
  fail: { clauses: [{ from: "processing", when: "sameAttempt" }], to: "failed" },
  stop: { clauses: [{ from: "processing", when: "sameAttempt" }], to: "cancelled" },
  retry: { clauses: [{ from: "processing", when: "sameAttempt" }], to: "retrying" },
  /** Nobody works on it: it ends at once. */
  cancel: { clauses: [{ from: "pending" }, { from: "retrying" }], to: "cancelled" },
  /** Somebody works on it: it is told, and ends by `stop`. */
  requestCancel: { clauses: [{ from: "processing" }], to: "processing" },
} as const satisfies Record<string, Transition>;

export type TransitionName = keyof typeof TRANSITIONS;

/** What the guards compare with. */
export interface GuardValues {
  readonly attempt?: number;
  readonly now?: number;
}

/** The state that the clauses look at. */
export interface GuardedState {
  readonly status: RequestStatus;
  readonly attempt: number;
  readonly retry_at?: number | undefined;
  readonly lease_expires_at?: number | undefined;
}

/** Whether a transition may happen: the table above evaluated in memory, for models and for telling why a write lost. */
export function mayHappen(name: TransitionName, state: GuardedState, values: GuardValues): boolean {
  const clauses: readonly Clause[] = TRANSITIONS[name].clauses;
  return clauses.some((clause) => clause.from === state.status && guardHolds(clause, state, values));
}

function guardHolds(clause: Clause, state: GuardedState, values: GuardValues): boolean {
  if (clause.when === undefined) return true;
  switch (clause.when) {
    case "sameAttempt":
      return state.attempt === values.attempt;
    case "retryDue":
      return state.retry_at !== undefined && values.now !== undefined && state.retry_at <= values.now;
    case "leaseExpired":
      return state.lease_expires_at !== undefined && values.now !== undefined && state.lease_expires_at <= values.now;
  }
}

/** The two operations of ElectroDB's `where` that clauses need, and the attributes they compare. */
export interface ClauseWriter {
  equals(attribute: "status" | "attempt", value: string | number): string;
  atMost(attribute: "retry_at" | "lease_expires_at", value: number): string;
}

/** The condition expression of a transition, by the same table. */
export function conditionOf(name: TransitionName, writer: ClauseWriter, values: GuardValues): string {
  const clauses: readonly Clause[] = TRANSITIONS[name].clauses;
  return clauses
    .map((clause) => {
      const status = writer.equals("status", clause.from);
      const guard = guardExpression(clause, writer, values);
      return guard === undefined ? `(${status})` : `(${status} AND ${guard})`;
    })
    .join(" OR ");
}

function guardExpression(clause: Clause, writer: ClauseWriter, values: GuardValues): string | undefined {
  if (clause.when === undefined) return undefined;
  switch (clause.when) {
    case "sameAttempt":
      return writer.equals("attempt", need(values.attempt, "attempt"));
    case "retryDue":
      return writer.atMost("retry_at", need(values.now, "now"));
    case "leaseExpired":
      return writer.atMost("lease_expires_at", need(values.now, "now"));
  }
}

function need(value: number | undefined, name: string): number {
  if (value === undefined) throw new TypeError(`This transition's clauses compare with "${name}". Pass it.`);
  return value;
}
