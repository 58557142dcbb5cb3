import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CATEGORIES, PRODUCTS, REGIONS, amountCents } from "../../sample/salesModel.ts";
import type { Sale } from "../../sample/salesModel.ts";
import { spanDays } from "./isoDate.ts";
import { summarize } from "./summary.ts";
import type { Group } from "./summary.ts";

const START = "2024-02-20";
const END = "2024-03-05";
const DAYS = ["2024-02-20", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-05"];

const sale: fc.Arbitrary<Sale> = fc
  .record({
    id: fc.uuid(),
    date: fc.constantFrom(...DAYS),
    region: fc.constantFrom(...REGIONS),
    product: fc.constantFrom(...PRODUCTS),
    units: fc.integer({ min: 1, max: 1_000 }),
  })
  .map(({ product, ...rest }) => ({
    ...rest,
    product: product.name,
    category: product.category,
    unitPriceCents: product.unitPriceCents,
  }));

const sum = (groups: readonly Group[], key: "records" | "units" | "revenueCents" | "share"): number =>
  groups.reduce((total, group) => total + group[key], 0);

test("every way of grouping adds up to the total", () => {
  fc.assert(
    fc.property(fc.array(sale, { maxLength: 200 }), (sales) => {
      const summary = summarize(sales, START, END);
      const revenueCents = sales.reduce((total, one) => total + amountCents(one), 0);
      expect(summary.total).toMatchObject({ records: sales.length, revenueCents });
      for (const groups of [summary.byRegion, summary.byCategory, summary.byProduct, summary.byDay, summary.byMonth]) {
        expect(sum(groups, "records")).toBe(summary.total.records);
        expect(sum(groups, "units")).toBe(summary.total.units);
        expect(sum(groups, "revenueCents")).toBe(summary.total.revenueCents);
        expect(sum(groups, "share")).toBeCloseTo(sales.length === 0 ? 0 : 1, 10);
      }
      const cells = CATEGORIES.flatMap((category) => REGIONS.map((region) => summary.revenueCents(category, region)));
      expect(cells.reduce((total, cell) => total + cell, 0)).toBe(revenueCents);
    }),
  );
});

test("the order of the sales changes nothing", () => {
  fc.assert(
    fc.property(fc.array(sale, { maxLength: 50 }), (sales) => {
      const { revenueCents: _, ...forward } = summarize(sales, START, END);
      const { revenueCents: __, ...backward } = summarize(sales.toReversed(), START, END);
      expect(backward).toEqual(forward);
    }),
  );
});

test("days, months, regions and categories without a sale are listed with zeros", () => {
  const summary = summarize([], START, END);
  expect(summary.byDay.map((day) => day.name)).toHaveLength(spanDays(START, END));
  expect(summary.byDay.at(9)).toEqual({ name: "2024-02-29", records: 0, units: 0, revenueCents: 0, share: 0 });
  expect(summary.byMonth.map((month) => month.name)).toEqual(["2024-02", "2024-03"]);
  expect(summary.byRegion.map((region) => region.name)).toEqual([...REGIONS]);
  expect(summary.byCategory.map((category) => category.name)).toEqual([...CATEGORIES]);
  expect(summary.byProduct).toEqual([]);
});

test("products stand by revenue, the largest first", () => {
  const of = (product: string, units: number): Sale => ({
    id: product,
    date: START,
    region: "North",
    category: "Home",
    product,
    units,
    unitPriceCents: 100,
  });
  const summary = summarize([of("b", 1), of("c", 5), of("a", 1)], START, END);
  expect(summary.byProduct.map((product) => [product.name, product.revenueCents])).toEqual([
    ["c", 500],
    ["a", 100],
    ["b", 100],
  ]);
});
