import { defineAction } from "@streamer/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import * as v from "valibot";
import { createProcessorHarness } from "../testing/processorHarness.ts";
import { createRawTable } from "../testing/rawTable.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "../table/entities/model.ts";
import type { Run } from "./context.ts";

const makeReport = defineAction("make_report", {
  input: v.object({ rows: v.number(), format: v.optional(v.string(), "pdf") }),
  output: v.object({ rows: v.number() }),
  progress: v.object({ stage: v.string() }),
  estimatedDuration: "1 minute",
  timeout: "30 seconds",
});
type MakeReport = typeof makeReport;
const returnRows: Run<MakeReport> = async ({ input }) => ({ rows: input.rows });

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});
const harness = (run: Run<MakeReport> = returnRows) => createProcessorHarness(table, makeReport, run);

describe("a request that goes well", () => {
  it("is run, completed and told to its connection: progress in order, 100, then complete", async () => {
    const { submit, process, received, stored, clock } = harness(async ({ input, progress, flush }) => {
      progress(0, "Starting", { stage: "query" });
      await flush();
      progress(100, "Report ready!");
      return { rows: input.rows };
    });
    const request = await submit({ rows: 3 });
    expect(await process(request)).toEqual({ batchItemFailures: [] });
    expect(received(request)).toMatchObject([
      { type: "progress", percentage: 0, sequence: 1_000_001, previous: 0, attempt: 1, metadata: { stage: "query" } },
      { type: "progress", percentage: 100, sequence: 1_000_002, previous: 1_000_001, message: "Report ready!" },
      { type: "complete", request_id: request.requestId, result: { success: true, data: { rows: 3 } } },
    ]);
    expect(await stored(request)).toMatchObject({ status: "completed", attempt: 1, result: '{"rows":3}', lastProgress: 100 });
    expect(clock.pending).toBe(0);
  });

  it("reaches 100 even when its work reports nothing", async () => {
    const { submit, process, received } = harness();
    const request = await submit({ rows: 1 });
    await process(request);
    expect(received(request)).toMatchObject([{ type: "progress", percentage: 100, message: "Completed" }, { type: "complete" }]);
  });

  it("saves its last report at once, though 100 ms have not passed since the one before", async () => {
    const { submit, process, received } = harness(async ({ progress, flush }) => {
      progress(10, "a");
      await flush();
      progress(60, "b");
      return { rows: 0 };
    });
    const request = await submit({ rows: 1 });
    await process(request);
    // What was reported last before the end is coalesced into it.
    expect(received(request)).toMatchObject([{ percentage: 10 }, { percentage: 100, message: "Completed" }, { type: "complete" }]);
  });

  it("hands its work what was asked, by whom, and the input as the schema of today reads it", async () => {
    const seen: object[] = [];
    const { submit, process } = harness(async ({ input, requestId, tenantId, userId, attempt, metadata, signal }) => {
      seen.push({ input, requestId, tenantId, userId, attempt, metadata, aborted: signal.aborted });
      return { rows: 0 };
    });
    const request = await submit({ rows: 3, unknown: true }, { tenantId: "a#b", userId: "ü/1", metadata: { source: "test" } });
    await process(request);
    expect(seen).toEqual([
      {
        input: { rows: 3, format: "pdf" },
        requestId: request.requestId,
        tenantId: "a#b",
        userId: "ü/1",
        attempt: 1,
        metadata: { source: "test" },
        aborted: false,
      },
    ]);
  });

  it("with a payload and a result over 4 KB is run like any other", async () => {
    const echo = defineAction("echo_text", { input: v.string(), output: v.string(), estimatedDuration: "1 minute" });
    const text = "x".repeat(20_000);
    const { submit, process, received } = createProcessorHarness(table, echo, async ({ input }) => input);
    const request = await submit(text);
    await process(request);
    expect(received(request).at(-1)).toMatchObject({ type: "complete", result: { data: text } });
  });

  it("is told to everyone who subscribed, also while it ran", async () => {
    const one = harness(async ({ requestId, tenantId, progress, flush }) => {
      progress(10, "a");
      await flush();
      await one.deps.subscriptions.put({ tenantId, requestId }, "late", 2_000_000_000);
      return { rows: 0 };
    });
    const request = await one.submit({ rows: 1 });
    await one.process(request);
    expect(one.api.received("late")).toMatchObject([{ percentage: 100 }, { type: "complete" }]);
  });

  it("is completed though its client left; the result waits", async () => {
    const one = harness();
    const request = await one.submit({ rows: 7 });
    one.api.answer(request.connectionId, 410);
    expect(await one.process(request)).toEqual({ batchItemFailures: [] });
    expect(await one.stored(request)).toMatchObject({ status: "completed", result: '{"rows":7}' });
    // Gone once, gone for all that follows.
    expect(one.api.calls).toHaveLength(1);
  });

  it("leaves neither its payload nor its result in the log", async () => {
    const echo = defineAction("echo_text", { input: v.string(), output: v.string(), estimatedDuration: "1 minute" });
    const { submit, process, log } = createProcessorHarness(table, echo, async () => "confidential result");
    const request = await submit("confidential payload");
    await process(request);
    expect(log.entries("The request ended.")).toMatchObject([
      { request_id: request.requestId, tenant_id: "Acme", user_id: "auth0|u#1", action: "echo_text", correlation_id: "k", attempt: 1 },
    ]);
    expect(log.lines.join("")).not.toContain("confidential");
  });
});

describe("a file in the result", () => {
  const withFile = defineAction("make_file", {
    input: v.object({ name: v.string() }),
    output: v.object({ url: v.string(), name: v.string() }),
    estimatedDuration: "1 minute",
  });

  it("that cannot be signed does not bring the message back: the request is settled", async () => {
    const one = createProcessorHarness(
      table,
      withFile,
      async ({ putFile }) => ({ url: await putFile("a.txt", "text", "text/plain"), name: "n" }),
      { deps: { files: { put: async () => {}, get: async () => undefined, sign: () => Promise.reject(new Error("no credentials")) } } },
    );
    const request = await one.submit({ name: "n" });
    expect(await one.process(request)).toEqual({ batchItemFailures: [] });
    expect(await one.stored(request)).toMatchObject({ status: "completed" });
    expect(one.received(request).map(({ type }) => type)).not.toContain("complete");
  });

  it("is uploaded under the attempt's own key, and delivered as a signed URL", async () => {
    const one = createProcessorHarness(table, withFile, async ({ input, putFile }) => ({
      url: await putFile("report.csv", "a,b", "text/csv"),
      name: input.name,
    }));
    const request = await one.submit({ name: "n" }, { tenantId: "a#b" });
    await one.process(request);
    const key = `${request.action}/a%23b/${request.requestId}/1/report.csv`;
    expect(one.uploads).toEqual([{ key, body: "a,b", contentType: "text/csv" }]);
    expect(one.received(request).at(-1)).toMatchObject({
      result: { data: { url: `https://bucket/${key}?signature=1`, name: "n" } },
    });
    expect(await one.stored(request)).toMatchObject({ result: '{"url":"","name":"n"}', resultFiles: { "/url": key } });
  });

  it("cannot be named by a client: a text that looks like a reference stays a text", async () => {
    const one = createProcessorHarness(table, withFile, async ({ input, file }) => ({ url: file("report.csv"), name: input.name }));
    const request = await one.submit({ name: "streamer-file:guess/report.csv" });
    await one.process(request);
    expect(one.received(request).at(-1)).toMatchObject({ result: { data: { name: "streamer-file:guess/report.csv" } } });
    expect(Object.keys((await one.stored(request)).resultFiles)).toEqual(["/url"]);
  });
});

describe("a second attempt", () => {
  it("numbers its updates by its own attempt, and follows on the last that was stored", async () => {
    const one = harness();
    const request = await one.submit({ rows: 1 });
    await one.deps.requests.claim(request, 60_000);
    const update = { type: "chunk", request_id: request.requestId, sequence: 1_000_004, previous: 0, attempt: 1, data: [""] } as const;
    await one.deps.updates.put(request, update, request.expiresAt);
    await createRawTable(table).force(request, { lease_expires_at: one.clock.now() });
    expect(await one.process(request)).toEqual({ batchItemFailures: [] });
    expect(one.received(request)).toMatchObject([{ sequence: 2_000_001, previous: 1_000_004, attempt: 2 }, { type: "complete" }]);
  });
});
