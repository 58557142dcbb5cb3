/** What the workers wrote, beside what was sent. */
export interface Ledger {
  /** Sent, and never run. */
  readonly neverRan: number;
  /** Runs beyond the first of each. */
  readonly ranAgain: number;
  /** Runs of what nobody sent. */
  readonly strays: number;
}

/** @param runs an id for each run, in any order. */
export function createLedger(sentIds: readonly string[], runs: readonly string[]): Ledger {
  const sent = new Set(sentIds);
  const ran = new Set(runs);
  return {
    neverRan: sentIds.filter((id) => !ran.has(id)).length,
    ranAgain: runs.length - ran.size,
    strays: [...ran].filter((id) => !sent.has(id)).length,
  };
}
