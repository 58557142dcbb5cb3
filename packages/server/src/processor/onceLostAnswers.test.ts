import { ConditionalCheckFailedException, DeleteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { DeleteItemCommandInput, PutItemCommandInput } from "@aws-sdk/client-dynamodb";
import { beforeEach, describe, expect, it } from "vitest";
import type { TableConfig } from "../table/entities/model.ts";
import { TableError } from "../table/errors.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import { ATTEMPT_MS, createOnceHarness } from "../testing/onceHarness.ts";
import type { OnceHarness } from "../testing/onceHarness.ts";
import type { RawItem } from "../testing/rawTable.ts";
import { storedRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import { StepInProgressError } from "./errors.ts";
import type { Once } from "./once.ts";

/** The table does what it is asked, and its answer is lost on the way: the SDK asks again, so often in all. */
const ALL = 4;

let table: TableConfig;
let harness: OnceHarness;
let request: StoredRequest;
let charges: string[];
const charge = async (key: string) => ({ receipt: charges.push(key) });
const attempt = (number: number): Once => harness.attempt(request, number).once;

beforeEach(async () => {
  // Each test loses answers on a client of its own.
  table = await createTestTable();
  harness = createOnceHarness(table);
  request = storedRequest();
  charges = [];
});

/** Loses the next answers to these commands, good and bad ones, on the way between the table and the SDK's retries. */
function loseAnswers(lost: Readonly<Record<string, number>>): { readonly asked: readonly string[] } {
  const left = new Map(Object.entries(lost));
  const asked: string[] = [];
  table.client.middlewareStack.add(
    (next, context) => async (args) => {
      const command = String(context["commandName"]);
      asked.push(command);
      const answer = await Promise.allSettled([next(args)]);
      const toLose = left.get(command) ?? 0;
      if (toLose > 0) {
        left.set(command, toLose - 1);
        throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
      }
      const [result] = answer;
      if (result.status === "rejected") throw result.reason;
      return result.value;
    },
    { step: "deserialize", priority: "high", name: "loseAnswers" },
  );
  return { asked };
}

/** Waits until the store waits. */
const aPause = (): Promise<void> => expect.poll(() => harness.clock.pending, { timeout: 5_000 }).toBe(1);

describe("the answer is lost", () => {
  it.each([1, ALL - 1])("to the beginning, %i times: the step begins all the same, and is done once", async (times) => {
    const { asked } = loseAnswers({ PutItemCommand: times });
    expect(await attempt(1)("charge", charge)).toEqual({ receipt: 1 });
    expect(asked).toEqual([...Array.from({ length: times + 1 }, () => "PutItemCommand"), "UpdateItemCommand"]);
    expect(await attempt(2)("charge", charge)).toEqual({ receipt: 1 });
    expect(charges).toHaveLength(1);
  });

  it("to the end, and the SDK asks again: the result is remembered", async () => {
    loseAnswers({ UpdateItemCommand: ALL - 1 });
    expect(await attempt(1)("charge", charge)).toEqual({ receipt: 1 });
    expect(await attempt(2)("charge", charge)).toEqual({ receipt: 1 });
    expect(harness.log.lines).toEqual([]);
  });

  it("to giving up after a failure, and the SDK asks again: the next may begin at once", async () => {
    loseAnswers({ DeleteItemCommand: ALL - 1 });
    await expect(attempt(1)("charge", () => Promise.reject(new Error("declined")))).rejects.toThrow("declined");
    expect(await attempt(2)("charge", charge)).toEqual({ receipt: 1 });
    expect(harness.log.lines).toEqual([]);
  });
});

describe("every answer is lost", () => {
  it("to the beginning: the step is not run, and the next attempt need not wait", async () => {
    loseAnswers({ PutItemCommand: ALL });
    await expect(attempt(1)("charge", charge)).rejects.toBeInstanceOf(TableError);
    expect(charges).toEqual([]);
    expect(await harness.item(request, "charge")).toBeUndefined();
    expect(await attempt(2)("charge", charge)).toEqual({ receipt: 1 });
  });

  it("to the beginning, and nothing can be cleared up: the same attempt may try again, another after its time", async () => {
    table.client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context["commandName"] === "DeleteItemCommand") throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
        return next(args);
      },
      { step: "deserialize", name: "refuseDeletes" },
    );
    loseAnswers({ PutItemCommand: ALL });
    const first = attempt(1);
    await expect(first("charge", charge)).rejects.toBeInstanceOf(TableError);
    await expect(attempt(2)("charge", charge)).rejects.toMatchObject({ until: harness.clock.now() + ATTEMPT_MS });
    expect(charges).toEqual([]);
    expect(await first("charge", charge)).toEqual({ receipt: 1 });
    expect(await attempt(3)("charge", charge)).toEqual({ receipt: 1 });
  });

  it("to the end: it is told once more, and remembered", async () => {
    loseAnswers({ UpdateItemCommand: ALL });
    const first = attempt(1)("charge", charge);
    await aPause();
    await harness.clock.advance(100);
    expect(await first).toEqual({ receipt: 1 });
    expect(harness.log.lines).toEqual([]);
    expect(await attempt(2)("charge", charge)).toEqual({ receipt: 1 });
    expect(charges).toHaveLength(1);
  });
});

describe("the table stops to answer while a step runs", () => {
  const chargeRefused = (once: Once) =>
    once("charge", async (key) => {
      refuse("UpdateItemCommand");
      return charge(key);
    });

  it("and it is done: the table is asked until it answers, and no other attempt does it again", async () => {
    const first = chargeRefused(attempt(1));
    for (const delayMs of [100, 200, 400]) {
      await aPause();
      await expect(attempt(2)("charge", charge)).rejects.toBeInstanceOf(StepInProgressError);
      if (delayMs === 400) table.client.middlewareStack.remove("refuse");
      await harness.clock.advance(delayMs);
    }
    expect(await first).toEqual({ receipt: 1 });
    expect(await attempt(3)("charge", charge)).toEqual({ receipt: 1 });
    expect(charges).toHaveLength(1);
    expect(harness.log.lines).toEqual([]);
  });

  it("and it is done, for as long as the attempt may run: it goes on with the result; should it fail, another does it again under the same key", async () => {
    const first = chargeRefused(attempt(1));
    await aPause();
    await harness.clock.advance(ATTEMPT_MS);
    expect(await first).toEqual({ receipt: 1 });
    expect(harness.log.entries()).toMatchObject([{ level: "WARN", step: "charge", error: { name: "TableError" } }]);
    table.client.middlewareStack.remove("refuse");
    expect(await attempt(2)("charge", charge)).toEqual({ receipt: 2 });
    expect(new Set(charges).size).toBe(1);
  });

  it("and it fails: its own error is thrown, and another attempt waits for its time", async () => {
    const reason = new Error("declined");
    const step = attempt(1)("charge", async () => {
      refuse("DeleteItemCommand");
      throw reason;
    });
    await expect(step).rejects.toBe(reason);
    expect(harness.log.entries()).toMatchObject([
      { level: "WARN", step: "charge", retry_at: new Date(harness.clock.now() + ATTEMPT_MS).toISOString(), error: { name: "TableError" } },
    ]);
    table.client.middlewareStack.remove("refuse");
    await expect(attempt(2)("charge", charge)).rejects.toMatchObject({ until: harness.clock.now() + ATTEMPT_MS });
    await harness.clock.advance(ATTEMPT_MS);
    expect(await attempt(3)("charge", charge)).toEqual({ receipt: 1 });
  });
});

describe("a call comes late, after the SDK has asked again", () => {
  it("to begin a step or to give it free, which the attempt has done since: it stays done", async () => {
    const puts: PutItemCommandInput[] = [];
    const deletes: DeleteItemCommandInput[] = [];
    table.client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context["commandName"] === "PutItemCommand") puts.push(args.input as PutItemCommandInput);
        if (context["commandName"] === "DeleteItemCommand") deletes.push(args.input as DeleteItemCommandInput);
        return next(args);
      },
      { step: "initialize" },
    );
    const once = attempt(1);
    await expect(once("charge", () => Promise.reject(new Error("declined")))).rejects.toThrow("declined");
    await once("charge", charge);
    const late = [
      ...puts.map((input) => () => table.client.send(new PutItemCommand(input))),
      ...deletes.map((input) => () => table.client.send(new DeleteItemCommand(input))),
    ];
    expect(late).toHaveLength(3);
    for (const send of late) await expect(send()).rejects.toBeInstanceOf(ConditionalCheckFailedException);
    expect(await attempt(2)("charge", charge)).toEqual({ receipt: 1 });
  });

  it("to give a step free that the attempt is at again: that it is done is remembered all the same", async () => {
    await attempt(1)("charge", async (key) => {
      const item = await harness.item(request, "charge");
      await table.client.send(
        new DeleteItemCommand({ TableName: table.tableName, Key: { pk: item?.["pk"], sk: item?.["sk"] } as RawItem }),
      );
      return charge(key);
    });
    expect(await harness.item(request, "charge")).toMatchObject({ expires_at: { N: String(request.expiresAt) } });
    expect(await attempt(2)("charge", charge)).toEqual({ receipt: 1 });
    expect(harness.log.lines).toEqual([]);
  });
});

/** The table gets none of these any more. */
function refuse(command: string): void {
  table.client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context["commandName"] === command) throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
      return next(args);
    },
    { step: "deserialize", name: "refuse" },
  );
}
