import type { Running } from "../lambda/pool.ts";
import type { HopRef } from "./types.ts";

/** What is remembered of a request between its hops. Times in ms since 1970. */
export interface Facts {
  action?: string;
  userId?: string;
  /** When its frame came. */
  framedAt?: number;
  createdAt?: number;
  /** When its last change was read from the stream, was taken by the bus, and sent to a queue. */
  readAt?: number;
  onBusAt?: number;
  queuedAt?: number;
  /** When its last attempt began, until that attempt's first update was seen. */
  workedSince?: number | undefined;
  endedAt?: number | undefined;
  outcomePostedAt?: number | undefined;
  /** Of the last change that was seen in the table. */
  status?: string;
  attempt: number;
  /** What works on it now. */
  readonly running: Set<Running>;
}

export interface FactsStore {
  /** Those of the request, made when there are none. */
  of(ref: HopRef): Facts;
  find(ref: HopRef): Facts | undefined;
}

/** @param limit requests; beyond it the one that nothing was heard of the longest is forgotten, unless it is worked on. */
export function createFacts(limit: number): FactsStore {
  const byRequest = new Map<string, Facts>();
  return {
    of(ref) {
      const key = keyOf(ref);
      const facts = byRequest.get(key) ?? { attempt: 0, running: new Set() };
      byRequest.delete(key);
      byRequest.set(key, facts);
      const [oldest] = byRequest;
      if (byRequest.size > limit && oldest?.[1].running.size === 0) byRequest.delete(oldest[0]);
      return facts;
    },
    find: (ref) => byRequest.get(keyOf(ref)),
  };
}

function keyOf({ tenantId, requestId }: HopRef): string {
  return `${requestId} ${tenantId ?? ""}`;
}
