import { isDeepStrictEqual } from "node:util";
import { ServiceUnavailableError, TimeoutError } from "@streamer/protocol";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TableConfig } from "../table/entities/model.ts";
import { extendLife } from "../table/extendLife.ts";
import { ATTEMPT_MS, createOnceHarness, createService, createSlowService } from "../testing/onceHarness.ts";
import type { OnceHarness } from "../testing/onceHarness.ts";
import { storedRequest } from "../testing/sampleRequest.ts";
import { logTableCalls } from "../testing/tableCallLog.ts";
import type { TableCallLog } from "../testing/tableCallLog.ts";
import { createTestTable } from "../testing/testTable.ts";
import { StepInProgressError } from "./errors.ts";

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

describe("a worker that died inside a step", () => {
  it("keeps another from it until it can certainly not run any more; then the step runs under the same key", async () => {
    const request = storedRequest();
    const dead = createSlowService();
    const first = harness.attempt(request);
    const lost = first.once("charge", dead.call);
    const key = await dead.asked;

    const service = createService();
    await harness.clock.advance(ATTEMPT_MS - 1);
    const early = harness.attempt(request, 2);
    const error = await early.once("charge", service.call).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StepInProgressError);
    expect(error).toMatchObject({ until: first.mayRunUntil });
    expect(service.keys).toEqual([]);

    await harness.clock.advance(1);
    expect(await harness.attempt(request, 3).once("charge", service.call)).toEqual({ receipt: 1 });
    expect(service.keys).toEqual([key]);

    // It was not dead after all: what it says counts no more, and it is told so.
    dead.answer.resolve({ receipt: 99 });
    const late = await lost.catch((thrown: unknown) => thrown);
    expect(late).toBeInstanceOf(StepInProgressError);
    expect(late).toMatchObject({ until: harness.clock.now() });
    expect(await harness.attempt(request, 4).once("charge", service.call)).toEqual({ receipt: 1 });
  });

  it("does not undo, by failing late, what another has done since", async () => {
    const request = storedRequest();
    const slow = createSlowService();
    const late = harness.attempt(request).once("charge", slow.call);
    await slow.asked;
    await harness.clock.advance(ATTEMPT_MS);
    const service = createService();
    await harness.attempt(request, 2).once("charge", service.call);

    const reason = new Error("socket hang up");
    slow.answer.reject(reason);
    await expect(late).rejects.toBe(reason);
    expect(await harness.attempt(request, 3).once("charge", service.call)).toEqual({ receipt: 1 });
    expect(service.keys).toHaveLength(1);
  });

  it("and was only slow: its result is the one that counts, also after its lease was lost", async () => {
    const request = storedRequest();
    const slow = createSlowService();
    const { once, abort } = harness.attempt(request);
    const first = once("charge", slow.call);
    await slow.asked;
    const service = createService();
    await expect(harness.attempt(request, 2).once("charge", service.call)).rejects.toBeInstanceOf(StepInProgressError);

    abort.abort(new Error("the lease is lost"));
    slow.answer.resolve({ receipt: 7 });
    expect(await first).toEqual({ receipt: 7 });
    expect(await harness.attempt(request, 3).once("charge", service.call)).toEqual({ receipt: 7 });
    expect(service.keys).toEqual([]);
  });

  it("of many attempts that come for it, lets one run it", async () => {
    const request = storedRequest();
    const dead = createSlowService();
    const lost = harness.attempt(request).once("charge", dead.call);
    await dead.asked;
    await harness.clock.advance(ATTEMPT_MS);
    const service = createService();
    const ends = await Promise.all(
      [2, 3, 4, 5].map((number) =>
        harness
          .attempt(request, number)
          .once("charge", service.call)
          .catch((error: unknown) => (error instanceof StepInProgressError ? "in progress" : error)),
      ),
    );
    // Who comes after the one has ended gets its result.
    expect(ends).toContainEqual({ receipt: 1 });
    expect(ends.filter((end) => end !== "in progress").every((end) => isDeepStrictEqual(end, { receipt: 1 }))).toBe(true);
    expect(service.keys).toHaveLength(1);
    dead.answer.reject(new Error("killed"));
    await expect(lost).rejects.toThrow("killed");
  });
});

describe("a step does not begin", () => {
  it.each(["", "a".repeat(65), "charge card", "a/b", "a#b", "ü"])("under the name %j", async (name) => {
    const service = createService();
    await expect(harness.attempt(storedRequest()).once(name, service.call)).rejects.toThrow(RangeError);
    expect(service.keys).toEqual([]);
  });

  it("when the attempt is told to stop: it throws the reason, without a call", async () => {
    const { once, abort } = harness.attempt(storedRequest());
    const service = createService();
    const reason = new TimeoutError();
    abort.abort(reason);
    await expect(once("charge", service.call)).rejects.toBe(reason);
    expect([service.keys, log.calls]).toEqual([[], []]);
  });

  it("when the attempt is told to stop while the table is asked, and the next need not wait", async () => {
    const request = storedRequest();
    const { once, abort } = harness.attempt(request);
    const service = createService();
    const reason = new TimeoutError();
    const step = once("charge", service.call);
    abort.abort(reason);
    await expect(step).rejects.toBe(reason);
    expect(service.keys).toEqual([]);
    expect(await harness.attempt(request, 2).once("charge", service.call)).toEqual({ receipt: 1 });
  });

  it("when its time is over, though the signal is late: another attempt may be at it", async () => {
    const { once } = harness.attempt(storedRequest());
    const service = createService();
    await harness.clock.advance(ATTEMPT_MS);
    await expect(once("charge", service.call)).rejects.toBeInstanceOf(TimeoutError);
    expect(service.keys).toEqual([]);
  });

  it("when the table does not answer", async () => {
    const service = createService();
    const { once } = createOnceHarness({ ...table, tableName: "no-such-table" }).attempt(storedRequest());
    await expect(once("charge", service.call)).rejects.toBeInstanceOf(ServiceUnavailableError);
    await expect(once("charge", service.call)).rejects.toMatchObject({ verb: "step.begin" });
    expect(service.keys).toEqual([]);
  });
});

describe("a step is remembered as long as its request", () => {
  it("whose expiry it has, and which a redrive extends, whatever its name", async () => {
    const request = storedRequest();
    const service = createService();
    const { once } = harness.attempt(request);
    await once("request", service.call);
    expect((await harness.item(request, "request"))?.["expires_at"]).toEqual({ N: String(request.expiresAt) });
    const expiresAt = request.expiresAt + 1_000;
    await extendLife(request, expiresAt, table);
    expect((await harness.item(request, "request"))?.["expires_at"]).toEqual({ N: String(expiresAt) });
  });

  it("which a worker that comes back late does not shorten again", async () => {
    const request = storedRequest();
    const slow = createSlowService();
    const late = harness.attempt(request).once("charge", slow.call);
    await slow.asked;
    const expiresAt = request.expiresAt + 1_000;
    await extendLife(request, expiresAt, table);
    slow.answer.resolve(1);
    await late;
    expect(await harness.item(request, "charge")).toMatchObject({ status: { S: "COMPLETED" }, expires_at: { N: String(expiresAt) } });
  });

  it("and no longer, though the table removes it days later: the same id may be a new request by then", async () => {
    const request = storedRequest();
    const service = createService();
    await harness.attempt(request).once("charge", service.call);
    harness.clock.setNow(request.expiresAt * 1_000 - 1);
    expect(await harness.attempt(request, 2).once("charge", service.call)).toEqual({ receipt: 1 });
    harness.clock.setNow(request.expiresAt * 1_000);
    const next = { ...request, expiresAt: request.expiresAt + 604_800 };
    expect(await harness.attempt(next, 1).once("charge", service.call)).toEqual({ receipt: 2 });
  });
});
