import { runProcessor } from "@streamer/server/testing";
import { expect, test } from "vitest";
import { monthsBetween, salesOf } from "../../sales/sales.ts";
import { makeReport } from "./action.ts";
import { run } from "./makeReport.ts";

const period = { from: "2023-12", to: "2024-01" } as const;

test("a report has a row for each month, region and product, and its sums are those of the sales", async () => {
  const work = runProcessor(makeReport, run, { input: period });
  const sales = [...salesOf("2023-12"), ...salesOf("2024-01")];
  const cents = sales.reduce((sum, sale) => sum + sale.cents, 0);
  expect(await work.end).toMatchObject({ status: "completed", data: { sales: sales.length, total_cents: cents } });
  expect(work.files).toMatchObject([{ name: "sales_2023-12_2024-01_all.csv", contentType: "text/csv; charset=utf-8" }]);
  const [header, ...rows] = String(work.files[0]?.body).trimEnd().split("\r\n");
  expect(header).toBe("month,region,product,pieces,revenue");
  expect(rows).toHaveLength(2 * 4 * 4);
  const revenue = rows.reduce((sum, row) => sum + Math.round(Number(row.split(",").at(-1)) * 100), 0);
  expect(revenue).toBe(cents);
  expect(rows.filter((row) => row.includes(',"shelf, ""tall""",'))).toHaveLength(8);
});

test("watchers see the months as they are collected, and the stages in order", async () => {
  const work = runProcessor(makeReport, run, { input: { ...period, region: "north" } });
  await work.end;
  expect(work.progress.map(({ message }) => message.replace(/\d+ sales/, "n sales"))).toEqual([
    "Collecting 2023-12",
    "Collecting 2024-01",
    "Adding up n sales",
    "Writing the file",
  ]);
  expect(work.progress.map(({ metadata }) => metadata?.stage)).toEqual(["collect", "collect", "add up", "write"]);
});

test("a busy sales system is asked again after 5 seconds, and the second attempt makes the report", async () => {
  const input = { ...period, busy_at_first: true };
  const first = runProcessor(makeReport, run, { input });
  expect(await first.end).toMatchObject({ status: "retrying", retryAfterMs: 5_000 });
  expect(first.files).toEqual([]);
  const second = runProcessor(makeReport, run, { input, after: first });
  expect(await second.end).toMatchObject({ status: "completed" });
});

test("a report that is cancelled stops between two months, and writes no file", async () => {
  const work = runProcessor(makeReport, run, { input: { from: "2020-01", to: "2024-12" } });
  work.cancel("not needed any more");
  expect(await work.end).toMatchObject({ status: "cancelled", reason: "not needed any more" });
  expect(work.files).toEqual([]);
});

test("months go over the end of a year, both ends included", () => {
  expect(monthsBetween("2023-11", "2024-02")).toEqual(["2023-11", "2023-12", "2024-01", "2024-02"]);
  expect(monthsBetween("2024-01", "2024-01")).toEqual(["2024-01"]);
});
