import { assert, constantFrom, property, record, string } from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TableConfig } from "../table/entities/model.ts";
import { createOnceHarness, createService, createSlowService } from "../testing/onceHarness.ts";
import type { OnceHarness } from "../testing/onceHarness.ts";
import { storedRequest } from "../testing/sampleRequest.ts";
import { logTableCalls } from "../testing/tableCallLog.ts";
import type { TableCallLog } from "../testing/tableCallLog.ts";
import { createTestTable } from "../testing/testTable.ts";
import { StepInProgressError, TerminalError } from "./errors.ts";
import { MAX_STEP_RESULT_BYTES, stepKey, StepResultError } from "./once.ts";

let table: TableConfig;
let log: TableCallLog;
let harness: OnceHarness;
beforeAll(async () => {
  table = await createTestTable();
  log = logTableCalls(table);
});
beforeEach(() => {
  harness = createOnceHarness(table);
  log.clear();
});

describe("a step that was done", () => {
  it("is not done again in a later attempt, which gets its result", async () => {
    const request = storedRequest();
    const service = createService();
    expect(await harness.attempt(request).once("charge", service.call)).toEqual({ receipt: 1 });
    expect(await harness.attempt(request, 2).once("charge", service.call)).toEqual({ receipt: 1 });
    expect(await harness.attempt(request, 3).once("charge", service.call)).toEqual({ receipt: 1 });
    expect(service.keys).toHaveLength(1);
  });

  it("is remembered by its name: another is another step", async () => {
    const request = storedRequest();
    const service = createService();
    const { once } = harness.attempt(request);
    await once("charge", service.call);
    expect(await once("mail", service.call)).toEqual({ receipt: 2 });
    expect(await harness.attempt(request, 2).once("mail", service.call)).toEqual({ receipt: 2 });
  });

  it.each([
    ["nothing", undefined, undefined],
    ["null", null, null],
    ["what is false", 0, 0],
    ["nested and long text", { a: [{ b: "ü".repeat(5_000) }], c: 1e300 }, { a: [{ b: "ü".repeat(5_000) }], c: 1e300 }],
    ["a date: text, the first time too", { at: new Date(0) }, { at: "1970-01-01T00:00:00.000Z" }],
  ])("gives %s", async (_, given, expected) => {
    const request = storedRequest();
    const run = async () => given as unknown;
    expect(await harness.attempt(request).once("step", run)).toEqual(expected);
    expect(await harness.attempt(request, 2).once("step", run)).toEqual(expected);
  });

  it("gives each caller a value of its own", async () => {
    const { once } = harness.attempt(storedRequest());
    const first = await once("list", async () => [1]);
    first.push(2);
    expect(await once("list", async () => [1])).toEqual([1]);
  });
});

describe("within one attempt", () => {
  it("the same name twice is one step", async () => {
    const { once } = harness.attempt(storedRequest());
    const service = createService();
    expect([await once("charge", service.call), await once("charge", service.call)]).toEqual([{ receipt: 1 }, { receipt: 1 }]);
    expect(service.keys).toHaveLength(1);
  });

  it("two calls at the same time share one run, and its error", async () => {
    const { once } = harness.attempt(storedRequest());
    const service = createService();
    expect(await Promise.all([once("charge", service.call), once("charge", service.call)])).toEqual([{ receipt: 1 }, { receipt: 1 }]);
    let runs = 0;
    const failing = async (): Promise<never> => {
      runs += 1;
      throw new Error("declined");
    };
    const ends = await Promise.allSettled([once("mail", failing), once("mail", failing)]);
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(runs).toBe(1);
  });
});

describe("a step that throws", () => {
  it.each([
    ["an error", new TypeError("declined")],
    ["an error that must not be tried again", new TerminalError("declined")],
    ["what is no error", "declined"],
    ["an error by a name that Powertools takes for its own", Object.assign(new Error("x"), { name: "IdempotencyInconsistentStateError" })],
  ])("throws %s unchanged, and is not remembered", async (_, thrown) => {
    const request = storedRequest();
    let runs = 0;
    const run = async (): Promise<number> => {
      runs += 1;
      if (runs < 3) throw thrown;
      return runs;
    };
    const { once } = harness.attempt(request);
    await expect(once("charge", run)).rejects.toBe(thrown);
    expect(await harness.item(request, "charge")).toBeUndefined();
    await expect(once("charge", run)).rejects.toBe(thrown);
    expect(await harness.attempt(request, 2).once("charge", run)).toBe(3);
  });
});

describe("a result that cannot be remembered", () => {
  it.each([
    ["too large", "x".repeat(MAX_STEP_RESULT_BYTES)],
    ["no JSON", { amount: 10n }],
  ])("because it is %s fails for good, and the step is not done again", async (_, result) => {
    const request = storedRequest();
    let runs = 0;
    const run = async (): Promise<unknown> => {
      runs += 1;
      return result;
    };
    const { once } = harness.attempt(request);
    await expect(once("charge", run)).rejects.toBeInstanceOf(StepResultError);
    await expect(once("charge", run)).rejects.toBeInstanceOf(TerminalError);
    await expect(harness.attempt(request, 2).once("charge", run)).rejects.toBeInstanceOf(StepResultError);
    expect(runs).toBe(1);
  });

  it("begins one byte over the limit", async () => {
    const request = storedRequest();
    const overhead = JSON.stringify({ result: "" }).length;
    const largest = "x".repeat(MAX_STEP_RESULT_BYTES - overhead);
    expect(await harness.attempt(request).once("largest", async () => largest)).toBe(largest);
    expect(await harness.attempt(request, 2).once("largest", async () => "")).toBe(largest);
    await expect(harness.attempt(request).once("larger", async () => `${largest}x`)).rejects.toThrow(`${MAX_STEP_RESULT_BYTES + 1} bytes`);
  });
});

describe("steps of different requests", () => {
  it("never share, whatever their tenants are called", async () => {
    const requests = ["acme", "Acme", "acme#1", "acme/1", "acme%231"].flatMap((tenantId) =>
      ["r1", "1"].map((requestId) => storedRequest({ tenantId, requestId })),
    );
    const service = createService();
    for (const request of requests) await harness.attempt(request).once("charge", service.call);
    expect(new Set(service.keys).size).toBe(requests.length);
  });

  it("have keys of their own: UUIDs that depend on tenant, request and name, and on nothing else", () => {
    expect(stepKey({ tenantId: "acme", requestId: "r1" }, "charge")).toBe(
      stepKey(storedRequest({ tenantId: "acme", requestId: "r1" }), "charge"),
    );
    const id = string({ unit: constantFrom("a", "A", "/", "#", "%", "2", "."), minLength: 1, maxLength: 4 });
    const word = string({ unit: constantFrom("a", "A", "2", "-", "_"), minLength: 1, maxLength: 4 });
    const step = record({ tenantId: id, requestId: word, name: word });
    assert(
      property(step, step, (a, b) => {
        const same = a.tenantId === b.tenantId && a.requestId === b.requestId && a.name === b.name;
        expect(stepKey(a, a.name)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(stepKey(a, a.name) === stepKey(b, b.name)).toBe(same);
      }),
    );
  });
});

describe("costs", () => {
  it("2 calls the first time, 1 when it is remembered, none within an attempt", async () => {
    const request = storedRequest();
    const service = createService();
    const first = harness.attempt(request);
    await first.once("charge", service.call);
    expect(log.calls).toEqual(["PutItem", "UpdateItem"]);
    log.clear();
    await first.once("charge", service.call);
    expect(log.calls).toEqual([]);
    await harness.attempt(request, 2).once("charge", service.call);
    expect(log.calls).toEqual(["PutItem"]);
  });

  it("2 calls when it fails, 1 when another is at it", async () => {
    const request = storedRequest();
    await expect(harness.attempt(request).once("charge", () => Promise.reject(new Error("declined")))).rejects.toThrow("declined");
    expect(log.calls).toEqual(["PutItem", "DeleteItem"]);
    const slow = createSlowService();
    const running = harness.attempt(request, 2).once("charge", slow.call);
    await slow.asked;
    log.clear();
    await expect(harness.attempt(request, 3).once("charge", slow.call)).rejects.toBeInstanceOf(StepInProgressError);
    expect(log.calls).toEqual(["PutItem"]);
    slow.answer.resolve(1);
    await running;
  });
});
