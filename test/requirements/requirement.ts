/** What the project was asked for, and what shows that it is so. */

export type State = "done" | "in part" | "open" | "not applicable";

export type RequirementId = `S-${string}`;

/**
 * What shows it: a file, or a test file with tests in it by their full names (`suite > test`). Of a test file at least one test is
 * named, or nothing would tell what in it is meant.
 */
export type Proof = readonly [path: string, ...tests: readonly string[]];

export interface Requirement {
  readonly id: RequirementId;
  /** In short, in our words. */
  readonly text: string;
  readonly state: State;
  readonly proofs: readonly Proof[];
  /** What is done otherwise than it was asked for, or worth knowing. Of all that is not done: why, or what is missing. */
  readonly note?: string;
}

export interface Group {
  readonly letter: string;
  readonly title: string;
  /** Their ids follow each other from the first of these to the last. */
  readonly first: number;
  readonly last: number;
  readonly requirements: readonly Requirement[];
}

type Proofs = readonly [Proof, ...Proof[]];

/** Built, and shown by every one of the proofs together. */
export function done(id: RequirementId, text: string, ...proofs: Proofs): Requirement {
  return { id, text, state: "done", proofs };
}

/** Built in another way than it was asked for, and the intent holds: `note` says how. */
export function doneAs(id: RequirementId, text: string, note: string, ...proofs: Proofs): Requirement {
  return { id, text, state: "done", proofs, note };
}

/** The proofs show a part; `missing` says what they do not. */
export function inPart(id: RequirementId, text: string, missing: string, ...proofs: Proofs): Requirement {
  return { id, text, state: "in part", proofs, note: missing };
}

/** Nothing shows it; `missing` says what there is to do. */
export function open(id: RequirementId, text: string, missing: string): Requirement {
  return { id, text, state: "open", proofs: [], note: missing };
}

/** Nothing that this repository could show; `reason` says why. */
export function notApplicable(id: RequirementId, text: string, reason: string, ...proofs: readonly Proof[]): Requirement {
  return { id, text, state: "not applicable", proofs, note: reason };
}
