import type { Sale } from "./sales.ts";

/** What was sold of a product in a region in a month. */
export type SummaryRow = Sale;

/** One row for each month, region and product. */
export function addUp(sales: readonly Sale[]): readonly SummaryRow[] {
  const rows = new Map<string, SummaryRow>();
  for (const sale of sales) {
    const key = JSON.stringify([sale.month, sale.region, sale.product]);
    const before = rows.get(key);
    rows.set(key, before === undefined ? sale : { ...before, pieces: before.pieces + sale.pieces, cents: before.cents + sale.cents });
  }
  return [...rows.entries()].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}

/** CSV as spreadsheets read it (RFC 4180): quoted where it must be, a line break after each row. */
export function toCsv(rows: readonly SummaryRow[]): string {
  const lines = rows.map(({ month, region, product, pieces, cents }) =>
    [month, region, product, pieces, (cents / 100).toFixed(2)].map(String).map(quoted).join(","),
  );
  return ["month,region,product,pieces,revenue", ...lines].map((line) => `${line}\r\n`).join("");
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
