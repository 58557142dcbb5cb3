import type { ServerMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, expect, it } from "vitest";
import { createConnectionStore } from "../table/connectionStore.ts";
import type { ConnectionStore } from "../table/connectionStore.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createFakeManagementApi } from "../testing/fakeManagementApi.ts";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createConnectionManager } from "./connectionManager.ts";
import { createPostedCounts } from "./postedCounts.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

const MESSAGE: ServerMessage = { type: "pong" };

/** Counts over a real table, of two open connections. */
async function open(overrides: Partial<Pick<ConnectionStore, "addPosted">> = {}) {
  const log = createRecordedLogger();
  const api = createFakeManagementApi();
  const store = createConnectionStore(table, createFakeClock());
  const ids = [crypto.randomUUID(), crypto.randomUUID()] as const;
  for (const connectionId of ids) {
    await store.save({
      connectionId,
      tenantId: "acme",
      userId: "ada",
      permissions: [],
      endpoint: "api.example/test",
      tokenExpiresAt: 2_000_000_000,
      userAgent: undefined,
      ipAddress: undefined,
    });
  }
  const calls: [string, number][] = [];
  const addPosted: ConnectionStore["addPosted"] = (...args) => {
    calls.push(args);
    return store.addPosted(...args);
  };
  const connectionManager = createConnectionManager(
    { retries: 0 },
    { managementApi: api, connections: store, logger: log.logger, random: () => 0.5 },
  );
  const counts = createPostedCounts({ connectionManager, connections: { addPosted, ...overrides }, logger: log.logger });
  const sent = async (connectionId: string) => (await store.get(connectionId))?.messagesSent;
  return { counts, api, log, store, ids, calls, sent };
}

it("what arrived is added to each connection's record by one call, however much it was", async () => {
  const { counts, ids, calls, sent } = await open();
  const [first, second] = ids;
  for (let message = 0; message < 5; message += 1) await counts.connectionManager.broadcast([first, second], MESSAGE);
  await counts.connectionManager.broadcast([first], MESSAGE);
  expect(calls).toEqual([]);
  await counts.save();
  expect(await sent(first)).toBe(6);
  expect(await sent(second)).toBe(5);
  expect(calls).toHaveLength(2);
});

it("what did not arrive is not counted", async () => {
  const { counts, api, ids, sent } = await open();
  const [first, second] = ids;
  api.answer(first, 500);
  await counts.connectionManager.broadcast([first, second], MESSAGE);
  await counts.save();
  expect(await sent(first)).toBe(0);
  expect(await sent(second)).toBe(1);
});

it("saved twice, nothing is counted twice", async () => {
  const { counts, ids, calls, sent } = await open();
  await counts.connectionManager.broadcast([ids[0]], MESSAGE);
  await counts.save();
  await counts.save();
  expect(await sent(ids[0])).toBe(1);
  expect(calls).toHaveLength(1);
});

it("what a connection got before it was gone is in the log, and costs no call", async () => {
  const { counts, api, ids, calls, log } = await open();
  const [first] = ids;
  await counts.connectionManager.broadcast([first], MESSAGE);
  await counts.connectionManager.broadcast([first], MESSAGE);
  api.answer(first, 410);
  await counts.connectionManager.broadcast([first], MESSAGE);
  await counts.save();
  expect(calls).toEqual([]);
  const ended = log.entries("Messages were sent to a connection that has ended since.");
  expect(ended).toMatchObject([{ connection_id: first, messages_sent: 2 }]);
});

it("a record that went in between is not made again: the count is in the log", async () => {
  const { counts, ids, store, log } = await open();
  const [first] = ids;
  await counts.connectionManager.broadcast([first], MESSAGE);
  await store.delete(first);
  await counts.save();
  expect(await store.get(first)).toBeUndefined();
  const ended = log.entries("Messages were sent to a connection that has ended since.");
  expect(ended).toMatchObject([{ connection_id: first, messages_sent: 1 }]);
});

it("a table that fails fails nothing: the log says so", async () => {
  const { counts, ids, log } = await open({ addPosted: () => Promise.reject(new Error("throttled")) });
  await counts.connectionManager.broadcast([ids[0]], MESSAGE);
  await expect(counts.save()).resolves.toBeUndefined();
  expect(log.entries()).toMatchObject([{ level: "WARN", connection_id: ids[0], messages_sent: 1 }]);
});
