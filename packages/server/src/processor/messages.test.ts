import { defineAction } from "@streamer/protocol";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as v from "valibot";
import { createProcessorHarness } from "../testing/processorHarness.ts";
import type { ProcessorHarness, ProcessorHarnessOptions } from "../testing/processorHarness.ts";
import { createRawTable } from "../testing/rawTable.ts";
import type { RawTable } from "../testing/rawTable.ts";
import { storedRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createRequestStore } from "../table/requestStore.ts";

/** What becomes of the messages of the queue: done with, or back. */
const action = defineAction("make_report", { input: v.object({}), output: v.null(), estimatedDuration: "1 minute", timeout: "30 seconds" });

let table: TableConfig;
let raw: RawTable;
let runs: string[];
beforeAll(async () => {
  table = await createTestTable();
  raw = createRawTable(table);
});
beforeEach(() => {
  runs = [];
});
const harness = (options?: ProcessorHarnessOptions): ProcessorHarness =>
  createProcessorHarness(
    table,
    action,
    async ({ requestId }) => {
      runs.push(requestId);
      return null;
    },
    options,
  );
const DONE = { batchItemFailures: [] };
const BACK = { batchItemFailures: [{ itemIdentifier: "message-0" }] };

describe("a message that comes twice", () => {
  it("one after the other runs the work once, and tells the client once", async () => {
    const { submit, process, received, postponed } = harness();
    const request = await submit({});
    expect([await process(request), await process(request)]).toEqual([DONE, DONE]);
    expect(runs).toHaveLength(1);
    expect(received(request).filter((message) => message.type === "complete")).toHaveLength(1);
    expect(postponed).toEqual([]);
  });

  it("at the same time runs the work once; the other goes back for as long as the lease", async () => {
    const { submit, process, postponed } = harness();
    const request = await submit({});
    const answers = await Promise.all([process(request), process(request)]);
    expect(runs).toHaveLength(1);
    expect(answers).toContainEqual(DONE);
    // The second either found the lease of the first, or its end.
    expect(answers.flatMap((answer) => answer.batchItemFailures)).toHaveLength(postponed.length);
  });
});

describe("a message that comes too early", () => {
  it("for a request that another worker holds goes back until the lease ends", async () => {
    const { submit, process, received, postponed, deps, clock } = harness();
    const request = await submit({});
    await deps.requests.claim(request, 60_000);
    await clock.advance(12_000);
    expect(await process(request)).toEqual(BACK);
    expect(postponed).toEqual([{ receiptHandle: "receipt-0", delayMs: 48_000 }]);
    expect(runs).toEqual([]);
    expect(received(request)).toEqual([]);
  });

  it("for a request that is to be tried again later goes back until then", async () => {
    const { submit, process, postponed, clock } = harness();
    const request = await submit({});
    await raw.force(request, { status: "retrying", attempt: 1, retry_at: clock.now() + 5_000 });
    expect(await process(request)).toEqual(BACK);
    expect(postponed).toEqual([{ receiptHandle: "receipt-0", delayMs: 5_000 }]);
    await clock.advance(5_000);
    expect(await process(request)).toEqual(DONE);
    expect(runs).toEqual([request.requestId]);
  });

  it("and cannot be put back goes back by itself", async () => {
    const queue = { postpone: () => Promise.reject(new Error("throttled")) };
    const { submit, process, deps } = harness({ deps: { queue } });
    const request = await submit({});
    await deps.requests.claim(request, 60_000);
    expect(await process(request)).toEqual(BACK);
  });
});

describe("a message that needs no work is done with", () => {
  it.each(["completed", "failed", "cancelled"])("when its request is %s", async (status) => {
    const { submit, process, postponed, received } = harness();
    const request = await submit({});
    await raw.force(request, { status });
    expect(await process(request)).toEqual(DONE);
    expect(runs).toEqual([]);
    expect(postponed).toEqual([]);
    expect(received(request)).toEqual([]);
  });

  it("when its request is gone", async () => {
    const { process } = harness();
    expect(await process(storedRequest())).toEqual(DONE);
    expect(runs).toEqual([]);
  });
});

describe("a message that cannot be read goes back, on its way to the dead letters", () => {
  it.each([
    ["no JSON", "not json"],
    ["no event", "{}"],
    ["somebody else's event", JSON.stringify({ id: "1", source: "aws.s3", "detail-type": "Object Created", detail: {} })],
    ["an event without its ids", JSON.stringify({ id: "1", source: "streamer", "detail-type": "streamer.request", detail: {} })],
  ])("%s", async (_, body) => {
    const { process, log } = harness();
    expect(await process(body)).toEqual(BACK);
    expect(log.entries()).toMatchObject([{ level: "ERROR", message_id: "message-0" }]);
  });

  it("and neither holds back nor fails the others of its batch", async () => {
    const { submit, process } = harness();
    const [first, second] = [await submit({}), await submit({})];
    expect(await process(first, "not json", second)).toEqual({ batchItemFailures: [{ itemIdentifier: "message-1" }] });
    expect(runs.toSorted()).toEqual([first.requestId, second.requestId].toSorted());
  });
});

describe("a table that does not answer", () => {
  it("at the claim: the message goes back, nothing has run", async () => {
    const requests = createRequestStore(
      { ...table, tableName: "no-such-table" },
      { now: Date.now, monotonic: () => 0, after: () => ({ cancel() {} }) },
    );
    const { submit, process, clock } = harness({ deps: { requests } });
    const request = await submit({});
    expect(await process(request)).toEqual(BACK);
    expect(runs).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it("at the payload: the message goes back, and no timer is left", async () => {
    const one = harness();
    const request = await one.submit("x".repeat(5_000));
    const broken = harness({ deps: { requests: { ...one.deps.requests, payloadOf: () => Promise.reject(new Error("throttled")) } } });
    expect(await broken.process(request)).toEqual(BACK);
    expect(runs).toEqual([]);
    expect(broken.clock.pending).toBe(0);
  });

  it("at the end: the message goes back, and whoever takes over the lease runs the work again", async () => {
    const one = harness();
    const request = await one.submit({});
    const broken = harness({ deps: { requests: { ...one.deps.requests, complete: () => Promise.reject(new Error("throttled")) } } });
    expect(await broken.process(request)).toEqual(BACK);
    expect(broken.received(request).map((message) => message.type)).toEqual(["progress"]);
    expect(broken.clock.pending).toBe(0);
    await one.clock.advance(60_000);
    expect(await one.process(request)).toEqual(DONE);
    expect(await one.stored(request)).toMatchObject({ status: "completed", attempt: 2 });
  });
});
