import type { SweepMetricName } from "../observability/metrics.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import type { SweepStep } from "./nextStep.ts";

/** What one sweep found and did, in numbers. */
export interface SweepCounts {
  /** Open requests that were listed as due; those whose workers live are among them. */
  due: number;
  /** Waiting requests whose event was sent again. */
  dispatched: number;
  /** Requests of lost workers that are tried again. */
  recovered: number;
  /** Requests of lost workers that failed. */
  abandoned: number;
  /** Requests of lost workers that were cancelled, as they should have been. */
  stopped: number;
  /** Waiting requests that failed. */
  expired: number;
  /** Requests that another sweeper, a worker or a user moved on meanwhile. */
  overtaken: number;
  /** Requests that could not be seen to, events that the bus refused, partitions that could not be read. Another sweep tries again. */
  failures: number;
  /** The age in ms, since it was queued, of the oldest request that was due and stayed open. */
  oldestAgeMs: number;
  /** Connections that are open; `undefined` when they could not be counted. */
  activeConnections: number | undefined;
  /** Whether all was seen to before the function's time ran short. */
  complete: boolean;
}

const COUNTED_AS = {
  dispatch: "dispatched",
  recover: "recovered",
  abandon: "abandoned",
  stopLost: "stopped",
  expire: "expired",
} as const satisfies Record<Exclude<SweepStep["kind"], "leave">, keyof SweepCounts>;

export function noCounts(): SweepCounts {
  return {
    due: 0,
    dispatched: 0,
    recovered: 0,
    abandoned: 0,
    stopped: 0,
    expired: 0,
    overtaken: 0,
    failures: 0,
    oldestAgeMs: 0,
    activeConnections: undefined,
    complete: true,
  };
}

export function countStep(counts: SweepCounts, kind: keyof typeof COUNTED_AS): void {
  counts[COUNTED_AS[kind]] += 1;
}

export function countOpen(counts: SweepCounts, request: StoredRequest, now: number): void {
  counts.oldestAgeMs = Math.max(counts.oldestAgeMs, now - request.queuedAt);
}

/** The counts as the log has them. */
export function loggedCounts({ oldestAgeMs, activeConnections, ...counts }: SweepCounts): Readonly<Record<string, number>> {
  const connections = activeConnections === undefined ? {} : { active_connections: activeConnections };
  // Whether the sweep was complete is said by the line itself.
  const numbers = Object.fromEntries(Object.entries(counts).filter((entry): entry is [string, number] => typeof entry[1] === "number"));
  return { ...numbers, ...connections, oldest_age_ms: oldestAgeMs };
}

/** The counts as metrics. What is due and its age are told of every sweep, so that a sweeper that stands still shows; the rest when there is some. */
export function reportCounts(counts: SweepCounts, add: (name: SweepMetricName, value: number) => void): void {
  add("SweepDue", counts.due);
  add("OldestOpenRequest", counts.oldestAgeMs / 1000);
  if (counts.activeConnections !== undefined) add("ActiveConnections", counts.activeConnections);
  const some = (name: SweepMetricName, value: number): void => {
    if (value > 0) add(name, value);
  };
  some("SweepDispatched", counts.dispatched);
  some("SweepRecovered", counts.recovered);
  some("SweepAbandoned", counts.abandoned);
  some("SweepExpired", counts.expired);
  some("SweepFailures", counts.failures);
}
