import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { createConnectionStore } from "../table/connectionStore.ts";
import type { TableConfig } from "../table/entities/model.ts";
import { createSubscriptionStore } from "../table/subscriptionStore.ts";
import { createTopicStore } from "../table/topicStore.ts";
import { createRecordedPublisher } from "../testing/recordedPublisher.ts";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createDisconnectHandler } from "./disconnect.ts";
import type { DisconnectDeps } from "./disconnect.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

interface Setup {
  readonly watching?: number;
  readonly config?: TableConfig;
  readonly deps?: Partial<DisconnectDeps>;
}

/** An open connection that watches so many requests, and how to end it. */
async function open({ watching = 0, config = table, deps = {} }: Setup = {}) {
  const clock = createFakeClock();
  const log = createRecordedLogger();
  const publisher = createRecordedPublisher();
  const topics = createTopicStore(table, clock);
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
    publisher,
    clock,
    logger: log.logger,
    ...deps,
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
  const subscribe = (key: string, presence: boolean) =>
    topics.subscribe({ tenantId: "Acme", key, connectionId, userId: "u1", presence, authorizedUntil: 2_000_000_000 });
  return { clock, log, publisher, topics, subscribe, connectionId, connections, subscriptions, refs, end };
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

  test("leaves its topics; those who saw it there are told", async () => {
    const { end, subscribe, topics, publisher, connectionId, log } = await open({ watching: 1 });
    const key = `rooms/${connectionId}`;
    await subscribe(key, true);
    await subscribe("news", false);
    await end();
    expect((await topics.listByTopic({ tenantId: "Acme", key })).items).toEqual([]);
    expect(await topics.listByConnection("Acme", connectionId)).toEqual([]);
    const member = { connection_id: connectionId, user_id: "u1", since: expect.any(Number) as number };
    expect(publisher.details).toMatchObject([{ kind: "left", tenant_id: "Acme", topic: key, member }]);
    expect(log.entries("A connection was closed.")).toMatchObject([{ subscriptions_removed: 1, topics_removed: 2 }]);
  });

  test("is measured: that it ended, and in seconds how long it was open", async () => {
    const metrics: [string, number][] = [];
    let published = 0;
    const measuring = {
      addMetric: (name: string, value: number) => void metrics.push([name, value]),
      publishMetrics: async () => void (published += 1),
    };
    const { end, clock } = await open({ deps: measuring });
    await clock.advance(90_500);
    await end();
    expect(metrics).toEqual([
      ["ConnectionsClosed", 1],
      ["ConnectionDuration", 90.5],
    ]);
    expect(published).toBe(1);
    metrics.length = 0;
    // Its record is gone: how long it was open, nobody knows.
    await end();
    expect(metrics).toEqual([["ConnectionsClosed", 1]]);
  });

  test("is logged: who, how long, how many messages, why", async () => {
    const { end, connections, connectionId, clock, log } = await open({ watching: 1 });
    await connections.touch(connectionId);
    await connections.touch(connectionId);
    await connections.addPosted(connectionId, 7);
    await clock.advance(90_400);
    await end();
    expect(log.entries("A connection was closed.")).toMatchObject([
      {
        level: "INFO",
        connection_id: connectionId,
        user_id: "u1",
        tenant_id: "Acme",
        duration_seconds: 90,
        messages_sent: 9,
        messages_received: 2,
        last_ping_at: "2026-01-01T00:00:00.000Z",
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
    expect(log.entries()).toMatchObject([
      { level: "ERROR", error: { name: "TableError", verb: "connection.delete" } },
      { level: "ERROR", error: { name: "TableError", verb: "subscription.listByConnection" } },
      { level: "INFO", message: "A connection was closed.", disconnect_time: "2026-01-01T00:00:00.000Z" },
    ]);
  });
});

describe("a part that fails", () => {
  const broken = () => Promise.reject(new Error("throttled"));

  test("of the subscriptions does not keep the record, nor its log", async () => {
    const { end, connections, connectionId, log } = await open({ watching: 1, deps: { subscriptions: { deleteByConnection: broken } } });
    expect(await end()).toEqual({ statusCode: 200 });
    expect(await connections.get(connectionId)).toBeUndefined();
    const [entry] = log.entries("A connection was closed.");
    expect(entry).toMatchObject({ user_id: "u1", duration_seconds: 0, messages_sent: 0 });
    expect(entry).not.toHaveProperty("subscriptions_removed");
  });

  test("of the bus keeps nothing; the log says so", async () => {
    const { end, subscribe, topics, publisher, connectionId, log } = await open();
    await subscribe("rooms/lobby", true);
    publisher.fail();
    expect(await end()).toEqual({ statusCode: 200 });
    expect(await topics.listByConnection("Acme", connectionId)).toEqual([]);
    expect(log.entries("It could not be told that a closed connection left its topics.")).toMatchObject([{ level: "ERROR", topics: 1 }]);
    expect(log.entries("A connection was closed.")).toHaveLength(1);
  });

  test("of the record does not keep the subscriptions; what is not known is absent from the log", async () => {
    const { end, subscriptions, refs, log } = await open({ watching: 1, deps: { connections: { delete: broken } } });
    expect(await end()).toEqual({ statusCode: 200 });
    expect(await Promise.all(refs.map((ref) => subscriptions.listByRequest(ref)))).toEqual([[]]);
    const [entry] = log.entries("A connection was closed.");
    expect(entry).toMatchObject({ subscriptions_removed: 1, disconnect_reason: "Going away" });
    for (const unknown of ["user_id", "duration_seconds", "messages_sent"]) expect(entry).not.toHaveProperty(unknown);
  });
});
