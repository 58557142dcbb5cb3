import type { HopName } from "../console/contract.ts";
import { HOP_NAMES } from "./names.ts";
import { createLatencies } from "./latencies.ts";
import type { Latencies } from "./latencies.ts";

/** What happened in one second. */
export interface Second {
  /** Its number since 1970. */
  at: number;
  submitted: number;
  ended: number;
  failed: number;
  /** From submission to end, of those that ended. */
  readonly total: Latencies;
  readonly hops: Readonly<Record<HopName, { count: number; readonly latencies: Latencies }>>;
}

/** How many are kept: the series of the flow. */
export const SECONDS_KEPT = 120;

/** The last seconds, in a ring: each is used again when it has become too old. */
export interface Seconds {
  /** The one that is now. */
  current(): Second;
  /** The last `count` seconds with the running one, oldest first; `undefined` where nothing happened. */
  last(count: number): readonly { readonly at: number; readonly second: Second | undefined }[];
}

export function createSeconds(now: () => number): Seconds {
  const ring: (Second | undefined)[] = Array.from({ length: SECONDS_KEPT }, () => undefined);
  const nowSecond = (): number => Math.floor(now() / 1000);
  const slotOf = (at: number): number => at % SECONDS_KEPT;

  return {
    current() {
      const at = nowSecond();
      const found = ring[slotOf(at)];
      if (found?.at === at) return found;
      const second = found === undefined ? emptySecond(at) : emptied(found, at);
      ring[slotOf(at)] = second;
      return second;
    },
    last(count) {
      const end = nowSecond();
      return Array.from({ length: count }, (_, index) => {
        const at = end - count + 1 + index;
        const second = ring[slotOf(at)];
        return { at, second: second?.at === at ? second : undefined };
      });
    },
  };
}

function emptySecond(at: number): Second {
  const hops = Object.fromEntries(HOP_NAMES.map((name) => [name, { count: 0, latencies: createLatencies() }]));
  return { at, submitted: 0, ended: 0, failed: 0, total: createLatencies(), hops: hops as Second["hops"] };
}

function emptied(second: Second, at: number): Second {
  Object.assign(second, { at, submitted: 0, ended: 0, failed: 0 });
  second.total.clear();
  for (const hop of Object.values(second.hops)) {
    hop.count = 0;
    hop.latencies.clear();
  }
  return second;
}
