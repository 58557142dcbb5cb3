import {
  defineAction,
  ForbiddenError,
  MAX_BODY_BYTES,
  MAX_MESSAGE_BYTES,
  ServiceUnavailableError,
  StreamerError,
} from "@streamer/protocol";
import type { ErrorCode } from "@streamer/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import * as v from "valibot";
import { createProcessorHarness } from "../testing/processorHarness.ts";
import { createRawTable } from "../testing/rawTable.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "../table/entities/model.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import type { Run } from "./context.ts";

const options = {
  input: v.object({ rows: v.pipe(v.number(), v.minValue(1, "must be 1 or more")) }),
  output: v.object({ text: v.string() }),
  estimatedDuration: "1 minute",
  timeout: "30 seconds",
} as const;
/** Of one attempt: what is tried again, `retry.test.ts` tells. */
const action = defineAction("make_report", { ...options, retry: { attempts: 1 } });
const patient = defineAction("make_report", { ...options, retry: { attempts: 3 } });
type MakeReport = typeof action;

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

/** Runs one request to its failure; what the client got and what is stored must agree. */
async function failing(
  run: Run<MakeReport>,
  {
    payload = { rows: 1 },
    of = action,
    prepare,
  }: { payload?: unknown; of?: MakeReport; prepare?: (of: StoredRequest) => Promise<void> } = {},
) {
  const one = createProcessorHarness(table, of, run);
  const request = await one.submit(payload);
  await prepare?.(request);
  expect(await one.process(request)).toEqual({ batchItemFailures: [] });
  const last = one.received(request).at(-1);
  if (last?.type !== "error" || last.final !== true) throw new Error(`the request must fail: ${JSON.stringify(last)}`);
  const stored = await one.stored(request);
  expect(stored).toMatchObject({ status: "failed", error: { code: last.error.code } });
  expect(stored.error?.details).toEqual(last.error.details);
  expect(one.clock.pending).toBe(0);
  return { ...one, request, error: last.error, stored };
}
const fixed = (code: ErrorCode) => new StreamerError(code).toBody();
const never: Run<MakeReport> = () => Promise.reject(new Error("must not run"));

describe("a payload that does not fit the schema of today", () => {
  it("fails with VALIDATION_ERROR and its issues, and the work is not run", async () => {
    const { error, received, request } = await failing(never, { payload: { rows: 0 } });
    expect(error).toEqual({ ...fixed("VALIDATION_ERROR"), details: { issues: [{ path: "rows", message: "must be 1 or more" }] } });
    expect(received(request)).toHaveLength(1);
  });
});

describe("work that throws", () => {
  it("fails with PROCESSING_FAILED; the client learns nothing of the cause, the log does", async () => {
    const { error, stored, log } = await failing(() => Promise.reject(new Error("connection to db-internal-7 refused")));
    expect(error).toEqual(fixed("PROCESSING_FAILED"));
    expect(JSON.stringify(stored.error)).not.toContain("db-internal-7");
    expect(stored.failureReason).toBe("Error: connection to db-internal-7 refused");
    expect(log.entries("The request failed.")).toMatchObject([
      { level: "ERROR", code: "PROCESSING_FAILED", error: { message: "connection to db-internal-7 refused" } },
    ]);
  });

  it.each([undefined, null, "text", 0, { code: "FORBIDDEN" }])("something that is no error fails the same: %j", async (thrown) => {
    const { error } = await failing(() => Promise.reject(thrown));
    expect(error).toEqual(fixed("PROCESSING_FAILED"));
  });

  it("before its first await fails the same", async () => {
    const { error } = await failing(() => {
      throw new TypeError("at once");
    });
    expect(error).toEqual(fixed("PROCESSING_FAILED"));
  });

  it("an error of the protocol keeps its code and details", async () => {
    const { error } = await failing(() =>
      Promise.reject(new ForbiddenError({ details: { missing: ["a"] }, cause: new Error("internal") })),
    );
    expect(error).toEqual({ ...fixed("FORBIDDEN"), details: { missing: ["a"] } });
  });

  it("an error of the protocol without details keeps its code", async () => {
    const { error } = await failing(() => Promise.reject(new ServiceUnavailableError()));
    expect(error).toEqual(fixed("SERVICE_UNAVAILABLE"));
  });

  it("details reach the client as their JSON is, live and stored alike", async () => {
    const { error } = await failing(() => Promise.reject(new ForbiddenError({ details: { at: new Date(0), none: undefined } })));
    expect(error.details).toEqual({ at: "1970-01-01T00:00:00.000Z" });
  });

  it.each([
    ["are no JSON", { count: 1n }],
    ["are too large for a message", { text: "x".repeat(MAX_MESSAGE_BYTES) }],
  ])("details that %s are left out, and the request still ends", async (_, details) => {
    const { error } = await failing(() => Promise.reject(new ForbiddenError({ details })));
    expect(error).toEqual(fixed("FORBIDDEN"));
  });

  it("keeps what was reported before: stored and sent, and no 100", async () => {
    const { received, request, stored } = await failing(async ({ progress }) => {
      progress(40, "Halfway");
      throw new Error("then it broke");
    });
    expect(received(request)).toMatchObject([
      { type: "progress", percentage: 40 },
      { type: "error", final: true },
    ]);
    expect(stored).toMatchObject({ lastProgress: 40, lastMessage: "Halfway" });
  });

  it("right after a report saves that too, though its 100 ms have not passed", async () => {
    const { received, request } = await failing(async ({ progress, flush }) => {
      progress(40, "Halfway");
      await flush();
      progress(60, "A little more");
      throw new Error("then it broke");
    });
    expect(received(request)).toMatchObject([
      { percentage: 40 },
      { percentage: 60, message: "A little more" },
      { type: "error", final: true },
    ]);
  });

  it("a percentage that is no number is the work's defect", async () => {
    const { error } = await failing(async ({ progress }) => {
      progress(Number.NaN, "a");
      return { text: "" };
    });
    expect(error).toEqual(fixed("PROCESSING_FAILED"));
  });
});

describe("a result", () => {
  it("that does not fit the output schema is the work's defect, not the client's", async () => {
    const { error } = await failing((async () => ({ text: 1 })) as unknown as Run<MakeReport>);
    expect(error).toEqual(fixed("PROCESSING_FAILED"));
  });

  it("over 10 MiB fails with RESULT_TOO_LARGE, and says by how much", async () => {
    const { error, stored, uploads } = await failing(async () => ({ text: "x".repeat(MAX_BODY_BYTES) }));
    expect(error).toMatchObject({ ...fixed("RESULT_TOO_LARGE"), details: { limit_bytes: MAX_BODY_BYTES } });
    expect(error.details?.["size_bytes"]).toBe(MAX_BODY_BYTES + '{"text":""}'.length);
    expect([stored.result, stored.resultObject, uploads]).toEqual([undefined, undefined, []]);
  });

  it("whose files alone would not fit into a message once they are signed fails already", async () => {
    const output = v.array(v.string());
    const listFiles = defineAction("list_files", { input: v.number(), output, estimatedDuration: "1 minute" });
    const last = async (count: number) => {
      const one = createProcessorHarness(table, listFiles, async ({ input, file }) =>
        Array.from({ length: input }, (_, index) => file(`part-${index}.csv`)),
      );
      const request = await one.submit(count);
      await one.process(request);
      return one.received(request).at(-1);
    };
    // 4 KB are kept for each URL.
    expect(await last(30)).toMatchObject({ type: "complete" });
    expect(await last(32)).toMatchObject({ type: "error", error: { code: "RESULT_TOO_LARGE" } });
  });
});

describe("a request whose workers die one after the other", () => {
  it("fails with WORKER_LOST when no attempts are left, without running again", async () => {
    const raw = createRawTable(table);
    const prepare = async ({ tenantId, requestId }: StoredRequest) => {
      await raw.force({ tenantId, requestId }, { status: "processing", attempt: 3, lease_expires_at: 0 });
    };
    const { error, stored, request, received } = await failing(never, { of: patient, prepare });
    expect(error).toEqual(fixed("WORKER_LOST"));
    expect(stored.attempt).toBe(4);
    expect(received(request)).toHaveLength(1);
  });

  it("is run while an attempt is left", async () => {
    const one = createProcessorHarness(table, patient, async ({ attempt }) => ({ text: `attempt ${attempt}` }));
    const request = await one.submit({ rows: 1 });
    await createRawTable(table).force(request, { status: "processing", attempt: 2, lease_expires_at: 0 });
    await one.process(request);
    expect(one.received(request).at(-1)).toMatchObject({ result: { data: { text: "attempt 3" } } });
  });
});
