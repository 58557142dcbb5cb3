import { groupBy, nameOf, violation } from "./history.ts";
import type { History, StoredUpdate, Violation } from "./history.ts";

/**
 * The stored updates of a request that a watcher must see: from the newest one back, each names the one before it. What a worker stored
 * after it was overtaken stands beside the line.
 */
export function settledLine(updates: readonly StoredUpdate[]): readonly StoredUpdate[] {
  const bySequence = new Map(updates.map((update) => [update.sequence, update]));
  const line: StoredUpdate[] = [];
  let next = updates.toSorted((a, b) => a.sequence - b.sequence).at(-1);
  while (next !== undefined && !line.includes(next)) {
    line.unshift(next);
    next = bySequence.get(next.previous);
  }
  return line;
}

/** What is stored of updates must be sound by itself. */
export function checkStoredUpdates(history: History): readonly Violation[] {
  const violations: Violation[] = [];
  for (const updates of groupBy(history.updates, nameOf).values()) {
    const line = settledLine(updates);
    const [first] = line;
    if (first !== undefined && first.previous !== 0) {
      const problem = `Update ${first.sequence} follows on ${first.previous}, which is not stored.`;
      violations.push(violation("a replay has no hole", first, problem));
    }
    const highest = new Map<number, number>();
    for (const update of updates.toSorted((a, b) => a.sequence - b.sequence)) {
      if (Math.floor(update.sequence / 1_000_000) !== update.attempt)
        violations.push(violation("sequences rise", update, `Update ${update.sequence} says it is of attempt ${update.attempt}.`));
      if (update.previous >= update.sequence)
        violations.push(violation("sequences rise", update, `Update ${update.sequence} follows on ${update.previous}.`));
      const before = highest.get(update.attempt) ?? 0;
      if (update.percentage !== undefined && update.percentage < before) {
        const problem = `In attempt ${update.attempt} update ${update.sequence} says ${update.percentage} % after ${before} %.`;
        violations.push(violation("percentages never fall", update, problem));
      }
      highest.set(update.attempt, Math.max(before, update.percentage ?? 0));
    }
  }
  return violations;
}
