import { runProcessor } from "@streamer/server/testing";
import { expect, test } from "vitest";
import type { Load } from "../../pipeline/warehouse.ts";
import { importFile } from "./action.ts";
import { createRun } from "./importFile.ts";

const HEADER = "order_id,date,customer,amount";

function setUp() {
  const loads: Load[] = [];
  const run = createRun({ warehouse: { replacePart: async (load) => void loads.push(load) } });
  return {
    loads,
    start: (text: string, options = {}) => runProcessor(importFile, run, { input: { file: "a.csv", text, ...options } }),
    run,
  };
}

test("rows are cleaned and loaded, and those that cannot be are named by their lines", async () => {
  const { loads, start } = setUp();
  const work = start(
    `${HEADER}\r\n1, 2024-01-31 ,ADA,12.50\r\n\r\n2,yesterday,Alan,1\r\n3,2024-01-02,Grace,x\r\n4,2024-01-02\r\n,2024-01-02,Tim,1\r\n`,
  );
  expect(await work.end).toMatchObject({ status: "completed", data: { loaded: 1, skipped: 4, total_cents: 1_250, attempts: 1 } });
  expect(loads).toMatchObject([
    { tenantId: "tenant", part: "a.csv", orders: [{ order_id: "1", date: "2024-01-31", customer: "ada", cents: 1_250 }] },
  ]);
  expect(work.chunks).toEqual([
    { line: 4, problem: '"yesterday" is no date' },
    { line: 5, problem: '"x" is no amount' },
    { line: 6, problem: "it has 2 cells, not 4" },
    { line: 7, problem: "it has no order_id" },
  ]);
});

test("the stages come in order, each with its rows", async () => {
  const work = setUp().start(`${HEADER}\n1,2024-01-31,ada,12.50\n2,2024-01-31,ada,12`);
  await work.end;
  expect(work.progress.map(({ metadata }) => metadata)).toEqual([
    { stage: "extract", rows: 0 },
    { stage: "extract", rows: 2 },
    { stage: "transform", rows: 1 },
    { stage: "transform", rows: 2 },
    { stage: "load", rows: 2 },
  ]);
});

test("a file with another header is final, and nothing of it is loaded", async () => {
  const { loads, start } = setUp();
  expect(await start("order_id;date\n1;2").end).toMatchObject({
    status: "failed",
    message: { error: { code: "PROCESSING_FAILED", details: { line: 1 } } },
  });
  expect(loads).toEqual([]);
});

test("an attempt that dies after the load is followed by one that does not load again", async () => {
  const { loads, start, run } = setUp();
  const input = { file: "a.csv", text: `${HEADER}\n1,2024-01-31,ada,12.50`, outage: true };
  const first = start(input.text, input);
  expect(await first.end).toMatchObject({ status: "retrying" });
  const second = runProcessor(importFile, run, { input, after: first });
  expect(await second.end).toMatchObject({ status: "completed", data: { attempts: 2, load_id: loads[0]?.loadId } });
  expect(loads).toHaveLength(1);
});
