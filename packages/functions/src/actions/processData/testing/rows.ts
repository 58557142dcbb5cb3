import type { BadRow, Cell, Row, Rows } from "../rows.ts";

/** Rows as a step is given them, each on a line of its own; in batches of so many. */
export async function* rowsOf(records: readonly Readonly<Record<string, Cell>>[], batchRows = 2): Rows {
  const rows = records.map((record, index) => ({ line: index + 1, values: new Map(Object.entries(record)) }));
  for (let from = 0; from < rows.length; from += batchRows) yield rows.slice(from, from + batchRows);
}

export async function taken(rows: Rows): Promise<readonly Row[]> {
  const all: Row[] = [];
  for await (const batch of rows) all.push(...batch);
  return all;
}

/** What comes out of a step, as plain objects. */
export async function recordsOf(rows: Rows): Promise<readonly Readonly<Record<string, Cell>>[]> {
  return (await taken(rows)).map(({ values }) => Object.fromEntries(values));
}

/** Remembers the bad rows that are reported. */
export function badRows() {
  const bad: BadRow[] = [];
  return { bad, report: (row: BadRow) => void bad.push(row) };
}
