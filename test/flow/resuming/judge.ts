import type { Update } from "@streamer/client";
import type { StoredUpdate } from "../../chaos/checker/history.ts";
import { settledLine } from "../../chaos/checker/settledLine.ts";

/** What one watcher saw, and of what. */
export interface Seen {
  /** It had what came before, and this one. */
  readonly after: number;
  readonly updates: readonly Update[];
}

export interface Log {
  /** All that was ever stored of the request. */
  readonly stored: readonly StoredUpdate[];
  /** Sequences that were deleted. */
  readonly deleted: ReadonlySet<number>;
}

/** What is wrong with a transcript: it must be the log, once, in order, but for explicit gaps of what was deleted. */
export function judge({ after, updates }: Seen, { stored, deleted }: Log): readonly string[] {
  const problems: string[] = [];
  const bySequence = new Map(stored.map((update) => [update.sequence, update]));
  const percentages = new Map<number, number>();
  const gaps: (readonly [from: number, to: number])[] = [];
  let last = after;
  for (const update of updates) {
    const begin = update.type === "gap" ? update.from : update.sequence;
    if (begin <= last) problems.push(`${update.type} ${begin} came after ${last}`);
    last = update.sequence;
    if (update.type === "gap") {
      gaps.push([update.from, update.to]);
      continue;
    }
    const truth = bySequence.get(update.sequence);
    if (truth?.attempt !== update.attempt) problems.push(`${update.sequence} of attempt ${update.attempt} is not stored`);
    if (update.type === "chunk") continue;
    const before = percentages.get(update.attempt) ?? 0;
    if (update.percentage !== truth?.percentage)
      problems.push(`${update.sequence} says ${update.percentage} %, the log ${truth?.percentage} %`);
    if (update.percentage < before) problems.push(`${update.percentage} % came after ${before} % in attempt ${update.attempt}`);
    percentages.set(update.attempt, update.percentage);
  }
  const seen = new Set(updates.map(({ sequence, type }) => (type === "gap" ? -1 : sequence)));
  for (const { sequence } of settledLine(stored)) {
    if (sequence <= after || seen.has(sequence)) continue;
    const told = gaps.some(([from, to]) => sequence >= from && sequence <= to);
    if (!told) problems.push(`${sequence} is missing, and no gap tells of it`);
    else if (!deleted.has(sequence)) problems.push(`${sequence} is said to be gone, but it was never deleted`);
  }
  for (const [from, to] of gaps) {
    if (![...deleted].some((sequence) => sequence >= from && sequence <= to)) problems.push(`nothing from ${from} to ${to} was deleted`);
  }
  return problems;
}
