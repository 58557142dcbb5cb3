import * as v from "valibot";
import { PRODUCTS, REGIONS } from "./salesModel.ts";
import type { Sale } from "./salesModel.ts";

/** What an item holds is checked as it comes back: another program, or another version of this one, may have written it. */
const packed = v.array(
  v.strictTuple([v.picklist(REGIONS), v.picklist(PRODUCTS.map(({ name }) => name)), v.pipe(v.number(), v.safeInteger(), v.minValue(1))]),
);

/** The sales of one day as one text: only what the day, the place in it and the product do not tell already. */
export function packSales(sales: readonly Sale[]): string {
  const rows: v.InferInput<typeof packed> = sales.map(({ region, product, units }) => [region, product, units]);
  return JSON.stringify(rows);
}

/** @throws when the text is not what `packSales` makes of a day's sales. */
export function unpackSales(date: string, text: string): Sale[] {
  return v.parse(packed, JSON.parse(text)).map(([region, name, units], index) => {
    const { category, unitPriceCents } = productNamed(name);
    return { id: saleId(date, index), date, region, category, product: name, units, unitPriceCents };
  });
}

/** The first sale of 31 January 2024 is `20240131-001`. */
export function saleId(date: string, index: number): string {
  return `${date.replaceAll("-", "")}-${String(index + 1).padStart(3, "0")}`;
}

function productNamed(name: string): (typeof PRODUCTS)[number] {
  const product = PRODUCTS.find((candidate) => candidate.name === name);
  if (product === undefined) throw new RangeError(`The sample data has no product "${name}". Seed the table again.`);
  return product;
}
