import { defineAction } from "@streamer/protocol";
import * as v from "valibot";
import { beforeAll, expect, test } from "vitest";
import type { TableConfig } from "../table/entities/model.ts";
import { createProcessorHarness } from "../testing/processorHarness.ts";
import { createRecordedTracer } from "../testing/recordedTracer.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { Run } from "./context.ts";
import { TerminalError } from "./errors.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

const importRows = defineAction("import_rows", {
  input: v.object({ rows: v.number() }),
  output: v.object({ done: v.number() }),
  estimatedDuration: "1 minute",
  retry: { attempts: 2, minDelay: "1 second", maxDelay: "1 second" },
});
const CANARY = "canary-5d10";

function tracing(run: Run<typeof importRows>) {
  const tracer = createRecordedTracer();
  return { tracer, ...createProcessorHarness(table, importRows, run, { deps: { tracer } }) };
}

test("an attempt's steps are segments, and its own says whose it is and how it ended", async () => {
  const { tracer, submit, process } = tracing(async ({ progress, flush, input }) => {
    progress(50, CANARY);
    await flush();
    return { done: input.rows };
  });
  const request = await submit({ rows: 3 });
  await process(request);
  const names = tracer.segments.map(({ name }) => name);
  expect(names.filter((name) => name !== "flush")).toEqual(["claim", "run import_rows", "settle", "process"]);
  expect(names.filter((name) => name === "flush").length).toBeGreaterThanOrEqual(2);
  expect(tracer.only("process")).toMatchObject({
    failure: undefined,
    annotations: {
      tenant_id: request.tenantId,
      user_id: request.userId,
      request_id: request.requestId,
      correlation_id: request.correlationId,
      action: "import_rows",
      attempt: 1,
      outcome: "completed",
    },
  });
  expect(JSON.stringify(tracer.segments)).not.toContain(CANARY);
});

test("an attempt that another follows is a fault of its own, by the class of what it threw", async () => {
  const { tracer, submit, process } = tracing(() => Promise.reject(new RangeError(CANARY)));
  await process(await submit({ rows: 3 }));
  const failure = { kind: "fault", type: "RangeError", code: undefined };
  expect(tracer.only("run import_rows").failure).toEqual(failure);
  expect(tracer.only("process")).toMatchObject({ failure, annotations: { outcome: "retrying" } });
  expect(tracer.only("retry").failure).toBeUndefined();
  expect(JSON.stringify(tracer.segments)).not.toContain(CANARY);
});

test("an attempt that ends its request as failed says so", async () => {
  const { tracer, submit, process } = tracing(() => Promise.reject(new TerminalError(CANARY)));
  await process(await submit({ rows: 3 }));
  expect(tracer.only("process")).toMatchObject({ failure: { type: "TerminalError" }, annotations: { outcome: "failed" } });
  expect(tracer.only("settle").failure).toBeUndefined();
});

test("a message that is only put back is no failure; one that cannot be read is", async () => {
  const { tracer, submit, process } = tracing(async () => ({ done: 0 }));
  const request = await submit({ rows: 3 });
  const other = tracing(() => new Promise(() => {}));
  await other.deps.requests.claim(request, 60_000);
  await process(request);
  expect(tracer.only("process").failure).toBeUndefined();
  await process("{}");
  expect(tracer.segments.at(-1)).toMatchObject({ name: "process", failure: { kind: "fault", type: "ValiError" } });
});
