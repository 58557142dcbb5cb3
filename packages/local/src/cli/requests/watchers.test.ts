import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { systemClock } from "@streamer/protocol";
import { createConnectionStore, createRequestStore, createSubscriptionStore, tableDefinition } from "@streamer/server";
import { createFakeManagementApi } from "@streamer/server/testing";
import { expect, inject, it } from "vitest";
import { createTable } from "../../engine/createTable.ts";
import { createWatchers } from "./watchers.ts";

const cancelled = { type: "cancelled", request_id: "r1" } as const;

/** `r1`, whose submitter `c1` and subscriber `c2` have connections. */
async function open() {
  const client = new DynamoDBClient({
    endpoint: inject("dynamodbEndpoint"),
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const table = { client, tableName: `watchers-${crypto.randomUUID()}` };
  await createTable(client, table.tableName, tableDefinition);
  const connections = createConnectionStore(table, systemClock);
  for (const connectionId of ["c1", "c2"]) {
    await connections.save({
      connectionId,
      tenantId: "acme",
      userId: "ada",
      permissions: [],
      endpoint: "api.example/test",
      tokenExpiresAt: 4_000_000_000,
      userAgent: undefined,
      ipAddress: undefined,
    });
  }
  const { request } = await createRequestStore(table, systemClock).create({
    tenantId: "acme",
    requestId: "r1",
    userId: "ada",
    connectionId: "c1",
    action: "generate_report",
    payload: "{}",
    payloadHash: "hash",
    metadata: undefined,
    correlationId: "k",
  });
  await createSubscriptionStore(table).put(request, "c2", request.expiresAt);
  const api = createFakeManagementApi();
  return { api, connections, request, watchers: createWatchers({ table, managementApi: api }), table };
}

it("the submitter's connection and all subscribers are told, and it is counted as sent", async () => {
  const { api, connections, request, watchers } = await open();
  await watchers.tell(request, cancelled);
  for (const connectionId of ["c1", "c2"]) {
    expect(api.received(connectionId)).toEqual([{ ...cancelled, correlation_id: "k" }]);
    expect(await connections.get(connectionId)).toMatchObject({ messagesSent: 1 });
  }
  expect(watchers.failures).toEqual([]);
});

it("one that has left is no failure, and its record is removed", async () => {
  const { api, connections, request, watchers } = await open();
  api.answer("c1", 410);
  await watchers.tell(request, cancelled);
  expect(await connections.get("c1")).toBeUndefined();
  expect(api.received("c2")).toEqual([{ ...cancelled, correlation_id: "k" }]);
  expect(watchers.failures).toEqual([]);
});

it("one that may not be posted to is a failure to tell of, and throws nothing", async () => {
  const { api, request, watchers } = await open();
  api.answer("c1", 403);
  await watchers.tell(request, cancelled);
  expect(api.received("c2")).toEqual([{ ...cancelled, correlation_id: "k" }]);
  expect(watchers.failures).toMatchObject([{ name: "SendFailedError", connectionId: "c1" }]);
});

it("watchers that cannot be read are a failure to tell of, and throw nothing", async () => {
  const { request, table, api } = await open();
  const watchers = createWatchers({ table: { ...table, tableName: "no-such-table" }, managementApi: api });
  await watchers.tell(request, cancelled);
  expect(watchers.failures).toMatchObject([{ name: "TableError" }]);
});
