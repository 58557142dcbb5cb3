import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { createRawTable } from "../testing/rawTable.ts";
import { logTableCalls } from "../testing/tableCallLog.ts";
import type { TableCallLog } from "../testing/tableCallLog.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createConnectionStore, TOUCH_RETRIES, TOUCH_RETRY_MS } from "./connectionStore.ts";
import type { TableConfig } from "./entities/model.ts";

const LIMIT = { messages: 3, windowMs: 10_000 };

let table: TableConfig;
let log: TableCallLog;
beforeAll(async () => {
  table = await createTestTable();
  log = logTableCalls(table);
});

/** A connection that has just been opened, and messages of it: `undefined` for one that may pass, else how long it is limited. */
async function open() {
  const clock = createFakeClock();
  const store = createConnectionStore(table, clock);
  const connectionId = crypto.randomUUID();
  await store.save({
    connectionId,
    tenantId: "Acme",
    userId: "u1",
    permissions: [],
    endpoint: "api.example/test",
    tokenExpiresAt: 2_000_000_000,
    userAgent: undefined,
    ipAddress: undefined,
  });
  const touch = async (limit = LIMIT) => {
    const touched = await store.touch(connectionId, limit);
    if (touched === undefined) throw new Error("the connection is gone");
    return touched.limitedForMs;
  };
  const touchTimes = async (count: number) => {
    const answers: (number | undefined)[] = [];
    for (let index = 0; index < count; index += 1) answers.push(await touch());
    return answers;
  };
  const received = async () => (await store.get(connectionId))?.messagesReceived;
  return { clock, store, connectionId, touch, touchTimes, received };
}

describe("a connection's rate window", () => {
  it("lets as many messages pass as it has room for; those beyond are told how long to wait, and are counted as received", async () => {
    const { clock, touchTimes, received } = await open();
    await clock.advance(4_000);
    expect(await touchTimes(5)).toEqual([undefined, undefined, undefined, 6_000, 6_000]);
    await clock.advance(5_999);
    expect(await touchTimes(1)).toEqual([1]);
    expect(await received()).toBe(6);
  });

  it("opens again when it is over, with all its room", async () => {
    const { clock, touchTimes, received } = await open();
    await touchTimes(4);
    await clock.advance(10_000);
    expect(await touchTimes(4)).toEqual([undefined, undefined, undefined, 10_000]);
    expect(await received()).toBe(8);
  });

  it("begins with the message that opens it, however long nobody spoke", async () => {
    const { clock, touchTimes } = await open();
    await clock.advance(3_605_000);
    expect(await touchTimes(4)).toEqual([undefined, undefined, undefined, 10_000]);
  });

  it("counts messages that come at the same time once each", async () => {
    const { clock, touch, received } = await open();
    for (const expected of [8, 16]) {
      const answers = await Promise.all(Array.from({ length: 8 }, () => touch()));
      expect(answers.filter((answer) => answer === undefined)).toHaveLength(3);
      expect(await received()).toBe(expected);
      await clock.advance(10_000);
    }
  });

  it("may be another with the next deployment", async () => {
    const { touch, touchTimes } = await open();
    await touchTimes(4);
    expect(await touch({ messages: 5, windowMs: 10_000 })).toBeUndefined();
    expect(await touch({ messages: 1, windowMs: 60_000 })).toBe(60_000);
  });

  it("is opened by the first message of a connection that was stored without one", async () => {
    const { connectionId, touchTimes } = await open();
    await table.client.send(
      new UpdateItemCommand({
        TableName: table.tableName,
        Key: { pk: { S: `connection#${connectionId}` }, sk: { S: "connection" } },
        UpdateExpression: "REMOVE rate_window_started_at, rate_window_messages",
      }),
    );
    expect(await touchTimes(4)).toEqual([undefined, undefined, undefined, 10_000]);
  });

  it("does not hold without a limit", async () => {
    const { store, connectionId, touchTimes } = await open();
    await touchTimes(3);
    for (let count = 0; count < 5; count += 1) expect(await store.touch(connectionId)).toMatchObject({ limitedForMs: undefined });
  });

  it("makes no connection of one that is not there", async () => {
    const { clock, store } = await open();
    const touching = store.touch("nobody", LIMIT);
    for (let look = 0; look < TOUCH_RETRIES; look += 1) {
      await vi.waitFor(() => expect(clock.pending).toBe(1));
      await clock.advance(TOUCH_RETRY_MS);
    }
    expect(await touching).toBeUndefined();
    expect(await createRawTable(table).item("connection#nobody", "connection")).toBeUndefined();
  });
});

it("costs 1 update a message, 2 when a window turns over, 1 beyond the limit", async () => {
  const { clock, touchTimes } = await open();
  const callsOf = async (step: () => Promise<unknown>) => {
    log.clear();
    await step();
    return log.calls.length;
  };
  expect(await callsOf(() => touchTimes(3))).toBe(3);
  expect(await callsOf(() => touchTimes(1))).toBe(1);
  await clock.advance(10_000);
  expect(await callsOf(() => touchTimes(1))).toBe(2);
  expect(await callsOf(() => touchTimes(2))).toBe(2);
});
