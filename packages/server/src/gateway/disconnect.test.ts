import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { createConnectionStore } from "../table/connectionStore.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createSubscriptionStore } from "../table/subscriptionStore.ts";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createDisconnectHandler } from "./disconnect.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

/** An open connection that watches so many requests, and how to end it. */
async function open({ watching = 0, config = table }: { watching?: number; config?: TableConfig } = {}) {
  const clock = createFakeClock();
  const log = createRecordedLogger();
  const connectionId = crypto.randomUUID();
  const connections = createConnectionStore(table, clock);
  const subscriptions = createSubscriptionStore(table);
  await connections.save({
    connectionId,
    tenantId: "Acme",
    userId: "u1",
    permissions: [],
    endpoint: "api.example/live",
    tokenExpiresAt: 2_000_000_000,
    userAgent: undefined,
    ipAddress: undefined,
  });
  const refs = Array.from({ length: watching }, () => ({ tenantId: "Acme", requestId: crypto.randomUUID() }));
  for (const ref of refs) await subscriptions.put(ref, connectionId, 2_000_000_000);
  const handler = createDisconnectHandler({
    connections: createConnectionStore(config, clock),
    subscriptions: createSubscriptionStore(config),
    clock,
    logger: log.logger,
  });
  const end = (id = connectionId) =>
    handler({
      requestContext: {
        connectionId: id,
        domainName: "api.example",
        stage: "live",
        disconnectStatusCode: 1001,
        disconnectReason: "Going away",
      },
    });
  return { clock, log, connectionId, connections, subscriptions, refs, end };
}

describe("a connection that ends", () => {
  test("is forgotten, with everything it watched", async () => {
    const { end, connections, connectionId, subscriptions, refs } = await open({ watching: 3 });
    const [first] = refs;
    if (first === undefined) throw new Error("it watches nothing");
    await subscriptions.put(first, "another", 2_000_000_000);
    expect(await end()).toEqual({ statusCode: 200 });
    expect(await connections.get(connectionId)).toBeUndefined();
    expect(await Promise.all(refs.map((ref) => subscriptions.listByRequest(ref)))).toEqual([["another"], [], []]);
  });

  test("may have watched more than one batch of deletes takes", async () => {
    const { end, subscriptions, refs, log } = await open({ watching: 30 });
    await end();
    expect((await Promise.all(refs.map((ref) => subscriptions.listByRequest(ref)))).flat()).toEqual([]);
    expect(log.entries("A connection was closed.")).toMatchObject([{ subscriptions_removed: 30 }]);
  });

  test("is logged: who, how long, how many messages, why", async () => {
    const { end, connections, connectionId, clock, log } = await open({ watching: 1 });
    await connections.touch(connectionId);
    await connections.touch(connectionId);
    await clock.advance(90_400);
    await end();
    expect(log.entries("A connection was closed.")).toMatchObject([
      {
        level: "INFO",
        connection_id: connectionId,
        user_id: "u1",
        tenant_id: "Acme",
        duration_seconds: 90,
        messages_received: 2,
        subscriptions_removed: 1,
        disconnect_time: "2026-01-01T00:01:30.400Z",
        disconnect_code: 1001,
        disconnect_reason: "Going away",
      },
    ]);
  });
});

describe("the answer is always 200", () => {
  test("for a connection that is not known, and nothing of another is touched", async () => {
    const { end, connections, connectionId, subscriptions, refs } = await open({ watching: 1 });
    expect(await end(crypto.randomUUID())).toEqual({ statusCode: 200 });
    expect(await connections.get(connectionId)).toBeDefined();
    expect(await Promise.all(refs.map((ref) => subscriptions.listByRequest(ref)))).toEqual([[connectionId]]);
  });

  test("twice over", async () => {
    const { end } = await open();
    expect([await end(), await end()]).toEqual([{ statusCode: 200 }, { statusCode: 200 }]);
  });

  test("when the table does not answer; the log says so", async () => {
    const { end, log } = await open({ config: { ...table, tableName: "no-such-table" } });
    expect(await end()).toEqual({ statusCode: 200 });
    expect(log.entries()).toMatchObject([{ level: "ERROR", error: { name: "TableError", verb: "connection.delete" } }]);
  });
});
