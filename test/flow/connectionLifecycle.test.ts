import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { systemClock } from "@streamer/protocol";
import { createConnectionManager, createConnectionStore, createManagementApi } from "@streamer/server";
import type { Connection } from "@streamer/server";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { eventually } from "../support/eventually.ts";
import { startTestStack } from "../support/localStack.ts";
import type { TestStack } from "../support/localStack.ts";
import { connectWire } from "../support/wireClient.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
  // What the SDK reads in a function; the management client has no other way to its credentials.
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await stack.stop();
});

it("a connection is recorded, can be sent to, and is gone after it closed (S-288)", async () => {
  const client = new DynamoDBClient({
    endpoint: stack.dynamodbEndpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const connections = createConnectionStore({ client, tableName: stack.tableName }, systemClock);
  const manager = createConnectionManager(
    {},
    {
      managementApi: createManagementApi({ endpoint: stack.managementEndpoint }),
      connections,
      logger: { debug: () => {}, warn: () => {}, error: () => {} },
      random: Math.random,
    },
  );

  const socket = await connectWire(stack.websocketUrl, await stack.token({ user: "grace", tenant: "Navy" }));
  const record = await eventually<Connection>(
    async () => (await connections.listByUser("Navy", "grace")).items[0],
    "the connection is recorded",
  );
  expect(record).toMatchObject({ userId: "grace", tenantId: "Navy", ipAddress: "127.0.0.1" });
  expect(await connections.get(record.connectionId)).toEqual(record);

  expect(await manager.isActive(record.connectionId)).toBe(true);
  expect(await manager.send(record.connectionId, { type: "pong" })).toEqual({ status: "sent" });
  expect(await socket.waitFor((frame) => frame["type"] === "pong")).toEqual({ type: "pong" });

  await socket.close();
  await eventually(async () => ((await connections.get(record.connectionId)) === undefined ? true : undefined), "the record is removed");
  expect(await manager.send(record.connectionId, { type: "pong" })).toMatchObject({
    status: "gone",
    error: { name: "ConnectionStaleError" },
  });
  client.destroy();
});
