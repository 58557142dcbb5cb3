import type { TransitionName } from "../transitions.ts";
import type { ModelItem } from "./effects.ts";

/**
 * A request and all who may write to it. Times are in ticks, relative to now: 0 is now, 1 the next tick.
 *
 * The queue is not in it: a message may come at any time, late, twice or never, so that nothing a queue does is left out.
 */
export interface World {
  readonly item: ModelItem;
  /** Alive, or so slow that another has taken over: both act when they like, on what they know. */
  readonly workers: readonly Worker[];
  /** The attempts whose worker somebody knows to be dead, and will say so. */
  readonly releases: readonly number[];
  readonly sweepers: readonly Sweeper[];
  readonly canceller: "ready" | "found it running" | "done";
  readonly operators: readonly Operator[];
  /** Outcomes written since the last redrive. */
  readonly outcomes: number;
}

export interface Worker {
  readonly attempt: number;
  /** Attempts that count, this one included, as of its claim. */
  readonly counted: number;
  /** It has seen that the request's end was asked for. */
  readonly mustStop: boolean;
}

export type SweeperVerb = Extract<TransitionName, "recover" | "abandon" | "stopLost" | "dispatch" | "dispatchRetry" | "expire">;

/** Idle, or about to write what it decided by what it saw. */
export type Sweeper = "idle" | Decision;

export interface Decision {
  readonly verb: SweeperVerb;
  readonly attempt: number;
  readonly dueAt: number;
}

/** Before its redrive, or about to write it for the attempt that it saw. */
export type Operator = "ready" | "done" | { readonly saw: number };

export interface Bounds {
  readonly workers: number;
  readonly sweepers: number;
  /** Each redrives at most once. */
  readonly operators: number;
  /** No claim above this: the longest history. */
  readonly maxAttempt: number;
}

/** Attempts that count which the action allows. */
export const POLICY_ATTEMPTS = 2;
/** Ticks of everything that takes time. */
export const TICKS = { leaseMs: 1, graceMs: 1 } as const;

/** Just submitted. */
export function initialWorld({ sweepers, operators }: Bounds): World {
  return {
    item: {
      status: "pending",
      attempt: 0,
      uncounted_attempts: 0,
      dispatches: 0,
      retry_at: undefined,
      lease_expires_at: undefined,
      cancel_requested_at: undefined,
      due_at: TICKS.graceMs,
      work: "open",
      queued_at: undefined,
      started_at: undefined,
      ended_at: undefined,
    },
    workers: [],
    releases: [],
    sweepers: Array.from({ length: sweepers }, () => "idle"),
    canceller: "ready",
    operators: Array.from({ length: operators }, () => "ready"),
    outcomes: 0,
  };
}

/** One tick later. */
export function later(world: World): World {
  const { item } = world;
  return {
    ...world,
    item: { ...item, retry_at: less(item.retry_at), lease_expires_at: less(item.lease_expires_at), due_at: less(item.due_at) },
    sweepers: world.sweepers.map((sweeper) => (sweeper === "idle" ? sweeper : { ...sweeper, dueAt: sweeper.dueAt - 1 })),
  };
}

function less(time: number | undefined): number | undefined {
  return time === undefined ? undefined : time - 1;
}

/**
 * Forgets what nobody can tell apart: which of two workers is which, how long ago what is over was over, and what no guard looks at. Of
 * due times that are over it still matters which are the same.
 */
export function canonical(world: World): World {
  const { item } = world;
  const dueAt = item.work === "failed" ? 0 : item.due_at;
  const past = [dueAt, ...world.sweepers.map((sweeper) => (sweeper === "idle" ? undefined : sweeper.dueAt))];
  const ranks = [...new Set(past.filter((time) => time !== undefined && time <= 0))].toSorted((a, b) => Number(b) - Number(a));
  const ranked = (time: number): number => (time > 0 ? time : -ranks.indexOf(time));
  return {
    ...world,
    item: {
      ...item,
      retry_at: item.retry_at === undefined ? undefined : Math.max(0, item.retry_at),
      lease_expires_at: item.lease_expires_at === undefined ? undefined : Math.max(0, item.lease_expires_at),
      cancel_requested_at: item.cancel_requested_at === undefined ? undefined : 0,
      due_at: dueAt === undefined ? undefined : ranked(dueAt),
      dispatches: 0,
      queued_at: undefined,
      started_at: undefined,
      ended_at: undefined,
    },
    workers: sorted(world.workers, workerText),
    releases: sorted([...new Set(world.releases)], String),
    sweepers: sorted(
      world.sweepers.map((sweeper) => (sweeper === "idle" ? sweeper : { ...sweeper, dueAt: ranked(sweeper.dueAt) })),
      sweeperText,
    ),
    operators: sorted(world.operators, operatorText),
  };
}

/** In one order; each by a text that tells it from others. */
function sorted<Value>(values: readonly Value[], text: (value: Value) => string): readonly Value[] {
  return values.length < 2 ? values : values.toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
}

/** Of canonical worlds. By hand: this runs a million times. */
export function keyOf(world: World): string {
  const { item, workers, releases, sweepers, canceller, operators, outcomes } = world;
  return [
    itemKey(item),
    outcomes,
    canceller,
    workers.map(workerText).join("+"),
    releases.join("+"),
    sweepers.map(sweeperText).join("+"),
    operators.map(operatorText).join("+"),
  ].join("|");
}

/** Of canonical items: what is always the same in them is left out. */
export function itemKey(item: ModelItem): string {
  const { status, attempt, uncounted_attempts, retry_at, lease_expires_at, cancel_requested_at, due_at, work } = item;
  return `${status},${attempt},${uncounted_attempts},${retry_at},${lease_expires_at},${cancel_requested_at},${due_at},${work}`;
}

const workerText = ({ attempt, counted, mustStop }: Worker): string => `${attempt},${counted},${mustStop}`;
const sweeperText = (sweeper: Sweeper): string => (sweeper === "idle" ? sweeper : `${sweeper.verb},${sweeper.attempt},${sweeper.dueAt}`);
const operatorText = (operator: Operator): string => (typeof operator === "string" ? operator : `saw ${operator.saw}`);
