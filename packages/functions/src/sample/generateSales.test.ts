import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { FIRST_SAMPLE_DAY, LAST_SAMPLE_DAY, sampleDays, salesOfDay } from "./generateSales.ts";
import { PRODUCTS } from "./salesModel.ts";
import { SAMPLE_DATA_VERSION } from "./seedSales.ts";

test("the sample covers three years, day by day", () => {
  const days = sampleDays();
  expect(days).toHaveLength(365 + 366 + 365);
  expect(days.at(0)).toBe(FIRST_SAMPLE_DAY);
  expect(days.at(-1)).toBe(LAST_SAMPLE_DAY);
  expect(days).toContain("2024-02-29");
});

test("every day has 40 to 60 sales, with ids of their own and products of their category", () => {
  const categories = new Map(PRODUCTS.map((product) => [product.name, product]));
  const ids = new Set<string>();
  let count = 0;
  for (const day of sampleDays()) {
    const sales = salesOfDay(day);
    expect(sales.length).toBeGreaterThanOrEqual(40);
    expect(sales.length).toBeLessThanOrEqual(60);
    for (const sale of sales) {
      ids.add(sale.id);
      expect(sale.date).toBe(day);
      expect(sale.units).toBeGreaterThanOrEqual(1);
      expect(categories.get(sale.product)).toEqual({ name: sale.product, category: sale.category, unitPriceCents: sale.unitPriceCents });
    }
    count += sales.length;
  }
  expect(ids.size).toBe(count);
});

test("the data is the same on every machine; when it changes, so must its version", () => {
  const hash = createHash("sha256")
    .update(JSON.stringify(sampleDays().map(salesOfDay)))
    .digest("hex");
  expect({ version: SAMPLE_DATA_VERSION, hash: hash.slice(0, 16) }).toMatchInlineSnapshot(`
    {
      "hash": "97eb38abac7890e9",
      "version": "1",
    }
  `);
});
