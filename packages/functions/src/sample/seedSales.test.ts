import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTestTable } from "../actions/testing/dynoxideTable.ts";
import type { TestTable } from "../actions/testing/dynoxideTable.ts";
import { createSalesStore, monthsBetween } from "../actions/generateReport/sales.ts";
import { seed } from "../seed.ts";
import { salesOfDay } from "./generateSales.ts";
import { createSampleMarkerEntity, createSampleSalesEntity } from "./salesEntity.ts";
import type { Sale } from "./salesModel.ts";
import { seedSales } from "./seedSales.ts";

let table: TestTable;
beforeEach(async () => {
  table = await startTestTable();
});
afterEach(() => table.close());

const untold = new AbortController().signal;

async function collect(pages: AsyncIterable<readonly Sale[]>): Promise<Sale[]> {
  const sales: Sale[] = [];
  for await (const page of pages) sales.push(...page);
  return sales;
}

async function countItems(): Promise<number> {
  let count = 0;
  let start: Record<string, never> | undefined;
  do {
    const page = await table.client.send(new ScanCommand({ TableName: table.tableName, Select: "COUNT", ExclusiveStartKey: start }));
    count += page.Count ?? 0;
    start = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (start !== undefined);
  return count;
}

test("a seeded table holds every day once, and seeding again writes nothing", async () => {
  expect(await seedSales(table.client, table.tableName)).toBe(true);
  expect(await countItems()).toBe(1_096 + 1);
  expect(await seedSales(table.client, table.tableName)).toBe(false);
});

test("a table that holds another version is written again", async () => {
  await seed(table.client, table.tableName);
  await createSampleMarkerEntity(table).put({ data_set: "sales", data_set_version: "0" }).go();
  await createSampleSalesEntity(table).delete({ month: "2024-01", date: "2024-01-15" }).go();
  expect(await seedSales(table.client, table.tableName)).toBe(true);
  expect(await countItems()).toBe(1_096 + 1);
});

test("a query gives the sales of the period as they were made, both ends included, over months and years", async () => {
  await seed(table.client, table.tableName);
  const store = createSalesStore(table);
  const found = await collect(store.query("2023-12-30", "2024-01-02", untold));
  expect(found).toEqual(["2023-12-30", "2023-12-31", "2024-01-01", "2024-01-02"].flatMap(salesOfDay));
  expect(await collect(store.query("2019-01-01", "2019-03-01", untold))).toEqual([]);
});

test("a query stops between pages when it is told to, with the signal's reason", async () => {
  await seed(table.client, table.tableName);
  const stop = new AbortController();
  const reason = new Error("enough");
  const seen: string[] = [];
  const reading = async (): Promise<void> => {
    for await (const page of createSalesStore(table).query("2024-01-01", "2024-06-30", stop.signal)) {
      seen.push(page[0]?.date.slice(0, 7) ?? "");
      if (seen.length === 2) stop.abort(reason);
    }
  };
  await expect(reading()).rejects.toBe(reason);
  expect(seen).toEqual(["2024-01", "2024-02"]);
});

test("a query in flight ends when it is told to, with the signal's reason", async () => {
  const stop = new AbortController();
  const reason = new Error("enough");
  const reading = collect(createSalesStore(table).query("2024-01-01", "2024-06-30", stop.signal));
  stop.abort(reason);
  await expect(reading).rejects.toBe(reason);
});

test("an item that holds something else is refused instead of reported", async () => {
  const day = { month: "2024-01", date: "2024-01-01", sales: '[["North","Desk lamp","many"]]' };
  await createSampleSalesEntity(table).put(day).go();
  await expect(collect(createSalesStore(table).query("2024-01-01", "2024-01-01", untold))).rejects.toMatchObject({ name: "ValiError" });
});

test("a period touches each of its months once", () => {
  expect(monthsBetween("2023-11-30", "2024-02-01")).toEqual(["2023-11", "2023-12", "2024-01", "2024-02"]);
  expect(monthsBetween("2024-02-29", "2024-02-29")).toEqual(["2024-02"]);
});
