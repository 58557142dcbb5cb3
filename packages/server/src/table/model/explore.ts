/** One step of a system from one state to another. */
export interface Step<State> {
  readonly label: string;
  readonly to: State;
}

export interface System<State, Next extends Step<State>> {
  readonly initial: State;
  /** Everything that can happen next, by anyone. */
  steps(state: State): Iterable<Next>;
  /** Equal for states that cannot be told apart. */
  keyOf(state: State): string;
  /** What is wrong with a state, if anything is. */
  wrongWith(state: State): string | undefined;
  /** What is wrong with a step, if anything is. */
  wrongIn(step: Next, from: State): string | undefined;
}

export interface Violation {
  readonly what: string;
  /** The shortest way there. */
  readonly path: readonly string[];
}

export interface Exploration {
  readonly states: number;
  readonly steps: number;
  readonly violation: Violation | undefined;
}

interface Visited<State> {
  readonly state: State;
  readonly label: string;
  readonly from: Visited<State> | undefined;
}

/** Visits every state that can be reached, breadth first, and stops at the first that is wrong. */
export function explore<State, Next extends Step<State>>(system: System<State, Next>): Exploration {
  const first: Visited<State> = { state: system.initial, label: "it is submitted", from: undefined };
  const seen = new Set([system.keyOf(system.initial)]);
  const queue = [first];
  let steps = 0;
  const ended = (what: string | undefined, at: Visited<State>): Exploration => ({
    states: seen.size,
    steps,
    violation: what === undefined ? undefined : { what, path: pathTo(at) },
  });
  const wrong = system.wrongWith(system.initial);
  if (wrong !== undefined) return ended(wrong, first);
  // The queue grows while it is read.
  for (const visited of queue) {
    for (const step of system.steps(visited.state)) {
      steps += 1;
      const next: Visited<State> = { state: step.to, label: step.label, from: visited };
      const wrongStep = system.wrongIn(step, visited.state);
      if (wrongStep !== undefined) return ended(wrongStep, next);
      const key = system.keyOf(step.to);
      if (seen.has(key)) continue;
      seen.add(key);
      const wrongState = system.wrongWith(step.to);
      if (wrongState !== undefined) return ended(wrongState, next);
      queue.push(next);
    }
  }
  return ended(undefined, first);
}

function pathTo<State>(end: Visited<State>): readonly string[] {
  const path: string[] = [];
  for (let at: Visited<State> | undefined = end; at !== undefined; at = at.from) path.push(at.label);
  return path.toReversed();
}
