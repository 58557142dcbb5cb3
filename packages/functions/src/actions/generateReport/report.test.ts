import { parse } from "@streamer/protocol";
import type { InputOf } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { createLogger } from "@streamer/server";
import type { ProcessorContext } from "@streamer/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seed } from "../../seed.ts";
import { startTestTable } from "../testing/dynoxideTable.ts";
import type { TestTable } from "../testing/dynoxideTable.ts";
import { generateReport } from "./action.ts";
import { createGenerateReport } from "./report.ts";
import { createSalesStore } from "./sales.ts";

let table: TestTable;
beforeAll(async () => {
  table = await startTestTable();
  await seed(table.client, table.tableName);
});
afterAll(() => table.close());

type Context = ProcessorContext<typeof generateReport>;
type Step = readonly [percentage: number, message: string, stage: string | undefined] | "flush" | readonly ["put", string, string];

async function start(payload: InputOf<typeof generateReport>, overrides: Partial<Context> = {}) {
  const steps: Step[] = [];
  const files: { name: string; body: Uint8Array; contentType: string }[] = [];
  const context: Context = {
    input: await parse(generateReport.input, payload),
    requestId: "r1",
    tenantId: "t1",
    userId: "u1",
    attempt: 1,
    metadata: {},
    correlationId: crypto.randomUUID(),
    traceparent: undefined,
    progress: (percentage, message, metadata) => void steps.push([percentage, message, metadata?.stage]),
    emit: async () => undefined,
    flush: async () => void steps.push("flush"),
    publish: async () => undefined,
    once: (_, work) => work("key"),
    putFile: async (name, body, contentType) => {
      steps.push(["put", name, contentType]);
      files.push({ name, body: Buffer.from(body), contentType });
      return `reference:${name}`;
    },
    file: (name) => `reference:${name}`,
    signal: new AbortController().signal,
    logger: Object.assign(createLogger("test"), { info: () => undefined }),
    ...overrides,
  };
  const run = createGenerateReport({ sales: createSalesStore(table), clock: createFakeClock() });
  return { steps, files, result: run(context) };
}

test("a report tells its progress by the plan, and every stage's end is seen before the next begins", async () => {
  const { steps, files, result } = await start({ start_date: "2024-01-01", end_date: "2024-01-31" });
  const { records, ...rest } = await result;
  expect(records).toBeGreaterThan(31 * 40);
  expect(rest).toEqual({ url: "reference:sales-2024-01-01-to-2024-01-31.pdf", size: files[0]?.body.byteLength });
  expect(steps).toEqual([
    [0, "Starting report generation...", "query"],
    "flush",
    [30, `Queried ${records} records`, "query"],
    "flush",
    [30, "Processing data...", "render"],
    [60, "Data processing complete", "render"],
    "flush",
    [60, "Generating report file...", "render"],
    [90, "Uploading to S3...", "upload"],
    "flush",
    ["put", "sales-2024-01-01-to-2024-01-31.pdf", "application/pdf"],
    [100, "Report ready!", "upload"],
  ]);
  expect(Buffer.from(files[0]?.body ?? []).toString("latin1", 0, 5)).toBe("%PDF-");
});

test("a report as CSV has one row a record", async () => {
  const { files, result } = await start({ start_date: "2024-02-28", end_date: "2024-03-01", format: "csv" });
  const { url, records, size } = await result;
  expect(url).toBe("reference:sales-2024-02-28-to-2024-03-01.csv");
  expect(files).toMatchObject([{ contentType: "text/csv; charset=utf-8" }]);
  const text = Buffer.from(files[0]?.body ?? []).toString();
  expect(text.trimEnd().split("\r\n")).toHaveLength(records + 1);
  expect(size).toBe(Buffer.byteLength(text));
});

test("a period without sales is still a report, of no records", async () => {
  const { result } = await start({ start_date: "2019-01-01", end_date: "2019-01-31" });
  await expect(result).resolves.toMatchObject({ records: 0 });
});

test("the same period gives the same result again", async () => {
  const period = { start_date: "2024-01-01", end_date: "2024-01-31" };
  const first = await start(period);
  const second = await start(period);
  expect(await first.result).toEqual(await second.result);
});

test("work that is told to stop ends with the signal's reason and uploads nothing", async () => {
  const stop = new AbortController();
  const reason = new Error("cancelled");
  let flushes = 0;
  const { files, result } = await start(
    { start_date: "2024-01-01", end_date: "2024-12-31" },
    {
      signal: stop.signal,
      flush: async () => {
        flushes += 1;
        if (flushes === 3) stop.abort(reason);
      },
    },
  );
  await expect(result).rejects.toBe(reason);
  expect(files).toEqual([]);
});

test("an upload that fails fails the report", async () => {
  const failure = new Error("no bucket");
  const { result } = await start({ start_date: "2024-01-01", end_date: "2024-01-01" }, { putFile: () => Promise.reject(failure) });
  await expect(result).rejects.toBe(failure);
});
