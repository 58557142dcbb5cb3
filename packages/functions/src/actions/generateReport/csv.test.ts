import { expect, test } from "vitest";
import { salesOfDay } from "../../sample/generateSales.ts";
import type { Sale } from "../../sample/salesModel.ts";
import { renderCsv } from "./csv.ts";

const sale: Sale = {
  id: "20240101-001",
  date: "2024-01-01",
  region: "North",
  category: "Office",
  product: "Notebook, set of 5",
  units: 3,
  unitPriceCents: 1_490,
};

test("one header and one row a sale, amounts with two decimals, commas quoted", () => {
  expect(renderCsv([sale])).toBe(
    "id,date,region,category,product,units,unit_price,amount\r\n" +
      '20240101-001,2024-01-01,North,Office,"Notebook, set of 5",3,14.90,44.70\r\n',
  );
});

test("there are as many rows as records", () => {
  const sales = salesOfDay("2024-01-01");
  expect(renderCsv(sales).trimEnd().split("\r\n")).toHaveLength(sales.length + 1);
});

test("no sales make a header alone", () => {
  expect(renderCsv([])).toBe("id,date,region,category,product,units,unit_price,amount\r\n");
});

test("a product's name that looks like a formula stays text in a spreadsheet", () => {
  expect(renderCsv([{ ...sale, product: "=1+1" }])).toContain(",'=1+1,");
});
