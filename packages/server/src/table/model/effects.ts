import type { RequestStatus } from "@streamer/protocol";
import type { GuardedState, TransitionName } from "../transitions.ts";

/** A request's item as far as its state machine goes: what the guards look at, and what the indexes and the sweeper do. */
export interface ModelItem extends GuardedState {
  readonly status: RequestStatus;
  readonly attempt: number;
  readonly uncounted_attempts: number;
  readonly dispatches: number;
  readonly retry_at: number | undefined;
  readonly lease_expires_at: number | undefined;
  readonly cancel_requested_at: number | undefined;
  readonly due_at: number | undefined;
  /** Which part of the work index holds it. */
  readonly work: "open" | "failed" | undefined;
  readonly queued_at: number | undefined;
  readonly started_at: number | undefined;
  readonly ended_at: number | undefined;
}

/** The durations and times that a write is given. */
export interface EffectValues {
  readonly now: number;
  readonly leaseMs: number;
  /** From the time of a retry, or of an event, to when the sweeper looks. */
  readonly graceMs: number;
  /** When the next attempt may start. */
  readonly retryAt: number;
  /** When a dispatched request is due again. */
  readonly nextDueAt: number;
  /** The attempt that is retried does not count. */
  readonly uncounted: boolean;
}

type Changes = Partial<ModelItem>;

const ENDED: Changes = { work: undefined, due_at: undefined, lease_expires_at: undefined };

/** What each transition does to the item, in the model's own words; `agreement.test.ts` holds the store to them. */
export const EFFECTS: Readonly<Record<TransitionName, (item: ModelItem, values: EffectValues) => Changes>> = {
  claim: ({ attempt }, { now, leaseMs }) => ({
    status: "processing",
    attempt: attempt + 1,
    lease_expires_at: now + leaseMs,
    retry_at: undefined,
    started_at: now,
    dispatches: 0,
    work: "open",
    due_at: now + leaseMs,
  }),
  heartbeat: (_, { now, leaseMs }) => ({ lease_expires_at: now + leaseMs }),
  release: (_, { now }) => ({ lease_expires_at: now, work: "open", due_at: now }),
  complete: (_, { now }) => ({ ...ENDED, status: "completed", ended_at: now }),
  fail: (_, { now }) => failed(now),
  stop: (_, { now }) => ({ ...ENDED, status: "cancelled", ended_at: now }),
  retry: (item, values) => ({ ...waiting(values), uncounted_attempts: item.uncounted_attempts + (values.uncounted ? 1 : 0) }),
  cancel: (_, { now }) => ({ ...ENDED, status: "cancelled", ended_at: now, cancel_requested_at: now, retry_at: undefined }),
  requestCancel: (_, { now }) => ({ cancel_requested_at: now }),
  recover: (_, values) => waiting(values),
  abandon: (_, { now }) => failed(now),
  stopLost: (_, { now }) => ({ ...ENDED, status: "cancelled", ended_at: now }),
  dispatch: sentAgain,
  dispatchRetry: sentAgain,
  expire: (_, { now }) => ({ ...failed(now), retry_at: undefined }),
  redrive: ({ attempt }, { now, graceMs }) => ({
    status: "pending",
    uncounted_attempts: attempt,
    queued_at: now,
    dispatches: 0,
    work: "open",
    due_at: now + graceMs,
    retry_at: undefined,
    started_at: undefined,
    ended_at: undefined,
    cancel_requested_at: undefined,
  }),
};

function waiting({ retryAt, graceMs }: EffectValues): Changes {
  return { status: "retrying", retry_at: retryAt, lease_expires_at: undefined, work: "open", due_at: retryAt + graceMs };
}

function failed(now: number): Changes {
  return { status: "failed", ended_at: now, work: "failed", due_at: now, lease_expires_at: undefined };
}

function sentAgain(item: ModelItem, { nextDueAt }: EffectValues): Changes {
  return { dispatches: item.dispatches + 1, work: "open", due_at: nextDueAt };
}
