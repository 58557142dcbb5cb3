import { setTimeout as delay } from "node:timers/promises";
import { markOf } from "../checker/history.ts";
import type { Wanted } from "../checker/history.ts";
import type { Session } from "../clients/session.ts";
import { PEOPLE } from "./plan.ts";
import type { Plan, PlannedRequest, Probe } from "./plan.ts";

/** Each person has a device that works and one that watches. */
export interface Devices {
  readonly worker: Session;
  readonly watcher: Session;
}

export interface ActOptions {
  readonly plan: Plan;
  /** By index in `PEOPLE`. */
  readonly devices: readonly Devices[];
  readonly effectLog: string;
  /** How often the action may be tried. */
  readonly attempts: number;
}

interface Deed {
  readonly atMs: number;
  readonly act: () => void;
}

/** Does what the plan says, at its times. Gives what the clients wanted. */
export async function act(options: ActOptions): Promise<readonly Wanted[]> {
  const wanted: Wanted[] = [];
  const deeds: Deed[] = options.plan.absences.map(({ by, atMs, downMs }) => ({
    atMs,
    act: () => options.devices[by]?.worker.leave(downMs),
  }));
  const numbers = new Map<string, number>();
  for (const request of options.plan.requests) {
    const tenant = PEOPLE[request.by]?.tenant ?? "";
    const number = (numbers.get(tenant) ?? 0) + 1;
    numbers.set(tenant, number);
    // Tenants use the same ids: they must never meet.
    deeds.push(...deedsOf(request, `r-${number}`, wanted, options));
  }
  const begin = performance.now();
  for (const { atMs, act: deed } of deeds.toSorted((a, b) => a.atMs - b.atMs)) {
    const waitMs = begin + atMs - performance.now();
    if (waitMs > 0) await delay(waitMs);
    deed();
  }
  return wanted;
}

function deedsOf(request: PlannedRequest, requestId: string, wanted: Wanted[], options: ActOptions): readonly Deed[] {
  const { by, atMs, behaviour, cancelAfterMs, repeatAfterMs, watch, probe } = request;
  const own = options.devices[by];
  if (own === undefined) return [];
  const { tenant, user } = own.worker;
  const key = { tenant, requestId };
  const mark = markOf(key, user);
  const frame = { id: requestId, action: "work", payload: { ...behaviour, mark, log: options.effectLog } };
  const isKnown = (): boolean => own.worker.followed.get(requestId)?.acknowledged === true;

  const deeds: Deed[] = [
    {
      atMs,
      act() {
        const { failure, failingAttempts } = behaviour;
        wanted.push({ ...key, user, mark, failure, failingAttempts, attempts: options.attempts });
        own.worker.submit(frame);
        own.worker.say({ id: `ping-${requestId}`, action: "ping", payload: { mark } });
      },
    },
  ];
  if (repeatAfterMs !== undefined) deeds.push({ atMs: atMs + repeatAfterMs, act: () => own.worker.say(frame) });
  if (cancelAfterMs !== undefined) {
    const cancel = { type: "cancel", request_id: requestId, reason: "not wanted any more" };
    deeds.push({ atMs: atMs + cancelAfterMs, act: () => isKnown() && own.worker.say(cancel) });
  }
  if (watch !== undefined) {
    deeds.push({ atMs: atMs + watch.afterMs, act: () => isKnown() && own.watcher.watch(requestId, watch.after) });
  }
  if (probe !== undefined && probe.by !== by) {
    const foreign = options.devices[probe.by]?.worker;
    if (foreign !== undefined)
      deeds.push({ atMs: atMs + probe.afterMs, act: () => isKnown() && probeFrom(foreign, tenant, requestId, probe.how) });
  }
  return deeds;
}

function probeFrom(foreign: Session, tenant: string, requestId: string, how: Probe): void {
  if (how === "id" && foreign.tenant === tenant) {
    foreign.say({ id: requestId, action: "work", payload: { mark: markOf({ tenant, requestId: "foreign" }, foreign.user) } });
  } else if (how !== "id") {
    foreign.say({ type: how, request_id: requestId });
  }
}
