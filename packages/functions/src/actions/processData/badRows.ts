import { ValidationError } from "@streamer/protocol";
import { MAX_REPORTED_ROWS } from "./limits.ts";
import type { BadRow, ReportBadRow } from "./rows.ts";

/** The rows that were left out: all counted, the first remembered. */
export interface BadRows {
  /** @throws {ValidationError} when this one is too many; it names the first. */
  readonly report: ReportBadRow;
  /** @throws {ValidationError} that names the first, when every row was bad: then the format was wrong, and not the rows. */
  assertSomeGood(rows: number): void;
  readonly count: number;
  readonly first: readonly BadRow[];
}

export function createBadRows(maxErrors: number): BadRows {
  const first: BadRow[] = [];
  let count = 0;
  const refusal = (problem: string): ValidationError => {
    const issues = first.map(({ line, message }) => ({ path: "data", message: `line ${line}: ${message}` }));
    return new ValidationError({ details: { issues: [{ path: "data", message: problem }, ...issues] } });
  };
  return {
    report(bad) {
      count += 1;
      if (first.length < MAX_REPORTED_ROWS) first.push(bad);
      if (count > maxErrors) throw refusal(`has more than ${maxErrors} bad rows`);
    },
    assertSomeGood(rows) {
      if (rows > 0 && count >= rows) throw refusal(`has no row that can be used: all ${rows} are bad`);
    },
    get count() {
      return count;
    },
    get first() {
      return first;
    },
  };
}
