import * as v from "valibot";
import { CATEGORIES, REGIONS } from "./salesModel.ts";
import type { Sale } from "./salesModel.ts";

/** What an item holds is checked as it comes back: another program, or an older version of this one, may have written it. */
const packed: v.GenericSchema<unknown, readonly Sale[]> = v.array(
  v.object({
    id: v.string(),
    date: v.string(),
    region: v.picklist(REGIONS),
    category: v.picklist(CATEGORIES),
    product: v.string(),
    units: v.pipe(v.number(), v.safeInteger()),
    unitPriceCents: v.pipe(v.number(), v.safeInteger()),
  }),
);

/** Some sales as one text. */
export function packSales(sales: readonly Sale[]): string {
  return JSON.stringify(sales);
}

/** @throws when the text is not what `packSales` makes. */
export function unpackSales(text: string): readonly Sale[] {
  return v.parse(packed, JSON.parse(text));
}
