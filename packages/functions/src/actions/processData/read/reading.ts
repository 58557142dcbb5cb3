import { MAX_ROWS } from "../limits.ts";
import { invalidInput } from "../rows.ts";
import type { ReportBadRow } from "../rows.ts";

/** What a reader tells while it reads. */
export interface Reading {
  /** A row that is left out. */
  readonly report: ReportBadRow;
  /** Called with each batch: how many characters of the text, and how many rows, good and bad, have been read so far. */
  readonly onRead: (chars: number, rows: number) => void;
}

/** @throws {ValidationError} beyond the most rows. */
export function assertRows(rows: number): void {
  if (rows > MAX_ROWS) throw invalidInput("data", `has more than ${MAX_ROWS} rows. Send it in parts`);
}
