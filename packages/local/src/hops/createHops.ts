import type { Clock } from "@streamer/protocol";
import type { FlowView, Hop, HopName } from "../console/contract.ts";
import { percentilesOf } from "./latencies.ts";
import { HOP_NAMES } from "./names.ts";
import { createSeconds, SECONDS_KEPT } from "./seconds.ts";
import { createTimelines } from "./timelines.ts";
import type { Hops, HopsEvent, RequestChange } from "./types.ts";

export interface HopsOptions {
  readonly clock: Clock;
  /** Requests whose hops are kept; beyond it the one that was silent the longest is forgotten. Default 5,000. */
  readonly limit?: number;
}

const DEFAULT_LIMIT = 5_000;
/** Of the figures per second, and of the percentiles. */
const WINDOW_SECONDS = 60;

/** Makes the recorder of a run. Its memory is bounded: some hops of some requests, and counts of the last two minutes. */
export function createHops({ clock, limit = DEFAULT_LIMIT }: HopsOptions): Hops {
  const timelines = createTimelines(limit);
  const seconds = createSeconds(() => clock.now());
  const startedSecond = Math.floor(clock.now() / 1000);
  const totals = new Map<HopName, number>();
  const inFlight = new Map<HopName, number>();
  const listeners = new Set<(event: HopsEvent) => void>();
  const changeListeners = new Set<(change: RequestChange) => void>();
  let nextId = 1;

  const tell = (event: HopsEvent): void => tellAll(listeners, event);

  const hopFigures = (): FlowView["hops"] => {
    const window = seconds.last(WINDOW_SECONDS);
    // A run that is younger than the window has had fewer seconds.
    const windowSeconds = Math.min(WINDOW_SECONDS, Math.floor(clock.now() / 1000) - startedSecond + 1);
    return HOP_NAMES.map((hop) => {
      const there = window.flatMap(({ second }) => (second === undefined ? [] : [second.hops[hop]]));
      const count = there.reduce((sum, one) => sum + one.count, 0);
      const running = inFlight.get(hop);
      return {
        hop,
        total: totals.get(hop) ?? 0,
        perSecond: Math.round((count / Math.max(1, windowSeconds)) * 100) / 100,
        ...(running === undefined ? {} : { inFlight: running }),
        ...percentilesOf(there.map(({ latencies }) => latencies)),
      };
    });
  };

  const series = (): FlowView["series"] =>
    seconds.last(SECONDS_KEPT).map(({ at, second }) => {
      const { p50Ms, p95Ms } = second === undefined ? {} : percentilesOf([second.total]);
      return {
        at: at * 1000,
        submitted: second?.submitted ?? 0,
        ended: second?.ended ?? 0,
        failed: second?.failed ?? 0,
        ...(p50Ms === undefined ? {} : { p50Ms }),
        ...(p95Ms === undefined ? {} : { p95Ms }),
      };
    });

  return {
    record({ tenantId, action, at = clock.now(), durationMs, latencyMs, attempt, trouble, ...rest }) {
      const hop: Hop = {
        id: nextId,
        ...rest,
        at,
        ...(tenantId === undefined ? {} : { tenantId }),
        ...(action === undefined ? {} : { action }),
        ...(durationMs === undefined ? {} : { durationMs: Math.max(0, Math.round(durationMs * 10) / 10) }),
        ...(attempt === undefined ? {} : { attempt }),
        ...(trouble === undefined ? {} : { trouble }),
      };
      nextId += 1;
      timelines.add(hop);
      totals.set(hop.hop, (totals.get(hop.hop) ?? 0) + 1);
      const figures = seconds.current().hops[hop.hop];
      figures.count += 1;
      if (latencyMs !== undefined) figures.latencies.add(latencyMs);
      if (listeners.size > 0) tell({ type: "hop", hop });
    },
    measured(hop, latencyMs) {
      seconds.current().hops[hop].latencies.add(latencyMs);
    },
    tell,
    change(change) {
      const second = seconds.current();
      if (change.status === "completed" || change.status === "failed" || change.status === "cancelled") {
        second.ended += 1;
        if (change.status === "failed") second.failed += 1;
        if (change.durationMs !== undefined) second.total.add(change.durationMs);
      }
      tellAll(changeListeners, change);
    },
    submitted() {
      seconds.current().submitted += 1;
    },
    enter(hop) {
      const add = (more: number): void => void inFlight.set(hop, (inFlight.get(hop) ?? 0) + more);
      let left = false;
      add(1);
      return () => {
        if (!left) add(-1);
        left = true;
      };
    },
    timelineOf: (tenantId, requestId) => timelines.of(tenantId, requestId),
    flow: ({ connections, queues }) => ({ at: clock.now(), hops: hopFigures(), connections, queues, series: series() }),
    subscribe: (listener) => addTo(listeners, listener),
    onChange: (listener) => addTo(changeListeners, listener),
  };
}

function addTo<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** A page that is gone must not hurt what it looked at. */
function tellAll<Told>(listeners: ReadonlySet<(told: Told) => void>, told: Told): void {
  for (const listener of listeners) {
    try {
      listener(told);
    } catch {
      // Its own affair.
    }
  }
}
