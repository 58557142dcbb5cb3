import { mayHappen, TRANSITIONS } from "../transitions.ts";
import type { Clause, Guard, GuardedState, GuardValues, TransitionName } from "../transitions.ts";
import type { May } from "./steps.ts";

/** The table of transitions with one thing broken. */
export interface BrokenTable {
  readonly title: string;
  readonly may: May;
}

const NAMES = Object.keys(TRANSITIONS) as TransitionName[];
const clausesOf = (name: TransitionName): readonly Clause[] => TRANSITIONS[name].clauses;

/** One for each guard of each clause: as if it were not there. */
export const WITHOUT_GUARD: readonly BrokenTable[] = NAMES.flatMap((name) =>
  clausesOf(name).flatMap(({ from, when = [] }) =>
    when.map((guard) => ({
      title: `${name} from ${from} without ${guard}`,
      may: (asked, state, values) =>
        mayHappen(asked, asked === name && state.status === from ? satisfying(guard, state, values) : state, values),
    })),
  ),
);

/** The state as it would have to be for the guard to hold. No two guards look at the same field. */
function satisfying(guard: Guard, state: GuardedState, { attempt, now, dueAt }: GuardValues): GuardedState {
  switch (guard) {
    case "sameAttempt":
      return attempt === undefined ? state : { ...state, attempt };
    case "retryDue":
      return { ...state, retry_at: now };
    case "leaseExpired":
      return { ...state, lease_expires_at: now };
    case "cancelNotRequested":
      return { ...state, cancel_requested_at: undefined };
    case "sameDueAt":
      return { ...state, due_at: dueAt };
  }
}
