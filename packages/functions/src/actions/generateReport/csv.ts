import { stringify } from "csv-stringify/sync";
import { amountCents } from "../../sample/salesModel.ts";
import type { Sale } from "../../sample/salesModel.ts";

const COLUMNS = ["id", "date", "region", "category", "product", "units", "unit_price", "amount"] as const;

/** The sales as CSV (RFC 4180, UTF-8): a header, then one row a sale. Amounts have a point and two decimals. */
export function renderCsv(sales: readonly Sale[]): string {
  const rows = sales.map((sale) => [
    sale.id,
    sale.date,
    sale.region,
    sale.category,
    sale.product,
    sale.units,
    decimal(sale.unitPriceCents),
    decimal(amountCents(sale)),
  ]);
  // Spreadsheets run what begins with = + - @; the escape keeps a product's name a name.
  return stringify(rows, { header: true, columns: [...COLUMNS], record_delimiter: "windows", escape_formulas: true });
}

function decimal(cents: number): string {
  return (cents / 100).toFixed(2);
}
