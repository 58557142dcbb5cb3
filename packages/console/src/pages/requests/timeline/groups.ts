import { HOPS } from "../../../contract.ts";
import type { Hop, HopName } from "../../../contract.ts";

/** What happened for one attempt: the way to its worker, its work, and what came of it. */
export interface AttemptGroup {
  /** Absent when no worker took part: what the router answers by itself, or what still waits. */
  readonly attempt: number | undefined;
  /** Oldest first. Never empty. */
  readonly hops: readonly Hop[];
}

const WORKER_RANK = HOPS.indexOf("worker");

/** Oldest first; what happened in the same millisecond in the order in which it was seen. */
export function inOrder(hops: readonly Hop[]): readonly Hop[] {
  return hops.toSorted((one, other) => one.at - other.at || one.id - other.id);
}

/**
 * The hops by attempt. Few hops know theirs: those before a worker starts belong to its attempt (the first attempt has the way from the gateway,
 * a later one the way from the table or queue), all others to the attempt that was under way.
 */
export function groupByAttempt(hops: readonly Hop[]): readonly AttemptGroup[] {
  const ordered = inOrder(hops);
  const attempts: (number | undefined)[] = ordered.map(({ attempt }) => attempt);
  const first = attempts.find((attempt) => attempt !== undefined);
  let current = first;
  ordered.forEach((hop, index) => {
    const own = hop.attempt;
    if (own !== undefined && current !== undefined && own > current) {
      claimTheWay(ordered, attempts, index, own);
      current = own;
    }
    attempts[index] ??= current;
  });
  const groups = new Map<number | undefined, Hop[]>();
  ordered.forEach((hop, index) => {
    const group = groups.get(attempts[index]);
    if (group === undefined) groups.set(attempts[index], [hop]);
    else group.push(hop);
  });
  return Array.from(groups, ([attempt, ofAttempt]) => ({ attempt, hops: ofAttempt }));
}

/** Walks back from the first hop of an attempt, as long as each hop lies before the one that came after it in the flow. */
function claimTheWay(ordered: readonly Hop[], attempts: (number | undefined)[], index: number, attempt: number): void {
  // The table and the Pipe name the attempt of before: that is the new one's only where a redrive has come after the end.
  const endedAt = ordered.findLastIndex(({ hop }, at) => hop === "end" && at < index);
  let rank = Math.min(rankOf(ordered[index]?.hop ?? "worker"), WORKER_RANK);
  for (let at = index - 1; at >= 0; at -= 1) {
    const hop = ordered[at];
    if (hop === undefined || rankOf(hop.hop) > rank || rankOf(hop.hop) >= WORKER_RANK) return;
    if (hop.attempt !== undefined && (endedAt === -1 || at < endedAt)) return;
    rank = rankOf(hop.hop);
    attempts[at] = attempt;
  }
}

function rankOf(hop: HopName): number {
  return HOPS.indexOf(hop);
}
