import type { Hop } from "../console/contract.ts";

/** Hops of one request that are kept: its beginning and its end. What is left out in between are updates and posts of a long report. */
export const MAX_HOPS = 200;

export interface Timelines {
  add(hop: Hop): void;
  /** By time; of the same time in the order in which they were seen. */
  of(tenantId: string | undefined, requestId: string): readonly Hop[];
}

/** @param limit requests that are kept. */
export function createTimelines(limit: number): Timelines {
  // In the order of their last hop.
  const byRequest = new Map<string, Hop[]>();

  return {
    add(hop) {
      const key = keyOf(hop.tenantId, hop.requestId);
      const hops = byRequest.get(key) ?? [];
      byRequest.delete(key);
      byRequest.set(key, hops);
      hops.push(hop);
      if (hops.length > MAX_HOPS) hops.splice(MAX_HOPS / 2, 1);
      const [oldest] = byRequest.keys();
      if (byRequest.size > limit && oldest !== undefined) byRequest.delete(oldest);
    },
    of(tenantId, requestId) {
      const hops = byRequest.get(keyOf(tenantId, requestId)) ?? [];
      return hops.toSorted((one, other) => one.at - other.at || one.id - other.id);
    },
  };
}

/** No request's id has a space in it. */
function keyOf(tenantId: string | undefined, requestId: string): string {
  return `${requestId} ${tenantId ?? ""}`;
}
