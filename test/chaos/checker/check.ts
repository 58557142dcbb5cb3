import { checkEffects } from "./checkEffects.ts";
import { checkReplies } from "./checkReplies.ts";
import { acknowledged, checkStates } from "./checkStates.ts";
import { checkWatchers } from "./checkWatchers.ts";
import type { History, Violation } from "./history.ts";
import { checkStoredUpdates } from "./settledLine.ts";

export interface Verdict {
  readonly violations: readonly Violation[];
  readonly acknowledged: number;
  /** Acknowledged requests that did not reach a terminal state. */
  readonly lost: number;
  /** Requests that were settled twice, and effects that were had twice. */
  readonly doubled: number;
  readonly watchers: number;
  readonly missedTails: number;
}

/** Judges a history by the promises, without a line of the code that made it. */
export function check(history: History): Verdict {
  const watched = checkWatchers(history);
  const violations = [
    ...checkStates(history),
    ...checkEffects(history),
    ...checkReplies(history),
    ...checkStoredUpdates(history),
    ...watched.violations,
  ];
  const count = (...invariants: readonly Violation["invariant"][]): number =>
    violations.filter(({ invariant }) => invariants.includes(invariant)).length;
  return {
    violations,
    acknowledged: acknowledged(history).size,
    lost: count("acknowledged requests end"),
    doubled: count(
      "a request is settled once",
      "an ended request stays ended",
      "a done effect never runs again",
      "runs of an effect never overlap",
      "attempts start once",
    ),
    watchers: watched.watchers,
    missedTails: watched.missedTails,
  };
}
