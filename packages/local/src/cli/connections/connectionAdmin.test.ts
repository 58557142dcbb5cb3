import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createFakeClock } from "@streamer/protocol/testing";
import { createConnectionStore, SendFailedError, tableDefinition } from "@streamer/server";
import type { Connection, SendResult } from "@streamer/server";
import { beforeEach, describe, expect, inject, it } from "vitest";
import { createTable } from "../../engine/createTable.ts";
import { createConnectionAdmin } from "./connectionAdmin.ts";

/** An admin on a real table, and an API Gateway of which only the outcomes are seen. */
async function open() {
  const client = new DynamoDBClient({
    endpoint: inject("dynamodbEndpoint"),
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const tableName = `connections-${crypto.randomUUID()}`;
  await createTable(client, tableName, tableDefinition);
  const clock = createFakeClock();
  const connections = createConnectionStore({ client, tableName }, clock);
  const gone = new Set<string>();
  const failing = new Map<string, "send" | "disconnect">();
  const calls: { readonly operation: string; readonly connectionId: string; readonly message?: unknown }[] = [];
  const unavailable = (connectionId: string) => new SendFailedError(connectionId, "unavailable");
  const admin = createConnectionAdmin({
    connections,
    connectionManager: {
      async send(connectionId, message): Promise<SendResult> {
        calls.push({ operation: "send", connectionId, message });
        if (failing.get(connectionId) === "send") return { status: "failed", error: unavailable(connectionId) };
        return gone.has(connectionId) ? ({ status: "gone" } as SendResult) : { status: "sent" };
      },
      async disconnect(connectionId) {
        calls.push({ operation: "disconnect", connectionId });
        if (failing.get(connectionId) === "disconnect") throw unavailable(connectionId);
      },
    },
    isOpen: async (connectionId) => {
      calls.push({ operation: "isOpen", connectionId });
      return !gone.has(connectionId);
    },
  });
  const save = async (connectionId: string, tenantId: string, userId: string): Promise<void> => {
    await clock.advance(1);
    await connections.save({
      connectionId,
      tenantId,
      userId,
      permissions: [],
      endpoint: "api.example/test",
      tokenExpiresAt: 2_000_000_000,
      userAgent: undefined,
      ipAddress: undefined,
    });
  };
  await save("a1", "acme", "ada");
  await save("a2", "acme", "ada");
  await save("b1", "acme", "bob");
  await save("x1", "other", "ada");
  return { admin, connections, gone, failing, calls, save };
}

let world: Awaited<ReturnType<typeof open>>;
beforeEach(async () => {
  world = await open();
});
const idsOf = (items: readonly { readonly connection: Connection | undefined }[]): string[] =>
  items.map((item) => item.connection?.connectionId ?? "");

describe("list", () => {
  it("is of a user of a tenant, of a tenant, newest first, or of everyone", async () => {
    const { admin } = world;
    expect(idsOf((await admin.list({ tenant: "acme", user: "ada", limit: 10 })).views)).toEqual(["a2", "a1"]);
    expect(idsOf((await admin.list({ tenant: "acme", limit: 10 })).views)).toEqual(["b1", "a2", "a1"]);
    expect(idsOf((await admin.list({ limit: 10 })).views).toSorted()).toEqual(["a1", "a2", "b1", "x1"]);
    expect(idsOf((await admin.list({ tenant: "nobody", limit: 10 })).views)).toEqual([]);
  });

  it("asks API Gateway of nothing, unless a status is asked for; then it gives those that have it", async () => {
    const { admin, gone, calls } = world;
    gone.add("a1");
    await admin.list({ tenant: "acme", limit: 10 });
    expect(calls).toEqual([]);
    expect(idsOf((await admin.list({ tenant: "acme", status: "stale", limit: 10 })).views)).toEqual(["a1"]);
    expect((await admin.list({ tenant: "acme", status: "open", limit: 10 })).views).toMatchObject([
      { connection: { connectionId: "b1" }, status: "open" },
      { connection: { connectionId: "a2" }, status: "open" },
    ]);
  });

  it("says when the limit cut it, and only then", async () => {
    const { admin } = world;
    expect(await admin.list({ tenant: "acme", limit: 2 })).toMatchObject({ more: true, views: [{}, {}] });
    expect(await admin.list({ tenant: "acme", limit: 3 })).toMatchObject({ more: false });
  });

  it("goes on over pages", async () => {
    const { admin, save } = world;
    await Promise.all(Array.from({ length: 60 }, (_, index) => save(`p${index}`, "pages", "ada")));
    const { views, more } = await admin.list({ tenant: "pages", limit: 1_000 });
    expect(new Set(idsOf(views)).size).toBe(60);
    expect(more).toBe(false);
  });
});

describe("show", () => {
  it("gives the connection and whether it is open, and removes nothing", async () => {
    const { admin, gone, connections } = world;
    expect(await admin.show("a1")).toMatchObject({ status: "open", connection: { userId: "ada" } });
    gone.add("a1");
    expect(await admin.show("a1")).toMatchObject({ status: "stale" });
    expect(await connections.get("a1")).toBeDefined();
    expect(await admin.show("unknown")).toBeUndefined();
  });
});

describe("disconnect", () => {
  it("tells the client why, for good, then closes; the message counts as sent", async () => {
    const { admin, calls, connections } = world;
    expect(await admin.disconnect("a1", "left the company")).toMatchObject({
      connectionId: "a1",
      outcome: "disconnected",
      error: undefined,
    });
    expect(calls).toEqual([
      {
        operation: "send",
        connectionId: "a1",
        message: {
          type: "error",
          error: {
            code: "UNAUTHORIZED",
            message: "The token is missing, expired or not acceptable.",
            retryable: false,
            details: { reason: "left the company" },
          },
          final: true,
        },
      },
      { operation: "disconnect", connectionId: "a1" },
    ]);
    expect(await connections.get("a1")).toMatchObject({ messagesSent: 1 });
  });

  it("closes a client that could not be told", async () => {
    const { admin, calls, failing, connections } = world;
    failing.set("a1", "send");
    expect(await admin.disconnect("a1", "r")).toMatchObject({ outcome: "disconnected" });
    expect(calls.at(-1)).toEqual({ operation: "disconnect", connectionId: "a1" });
    expect(await connections.get("a1")).toMatchObject({ messagesSent: 0 });
  });

  it("of one that was gone says so, and has nothing to close", async () => {
    const { admin, calls, gone } = world;
    gone.add("a1");
    expect(await admin.disconnect("a1", "r")).toMatchObject({ outcome: "stale" });
    expect(calls.map(({ operation }) => operation)).toEqual(["send"]);
  });

  it("of one without a record closes it when it is open", async () => {
    const { admin, gone, calls } = world;
    expect(await admin.disconnect("no record", "r")).toMatchObject({ outcome: "disconnected", connection: undefined });
    expect(calls.at(-1)).toEqual({ operation: "disconnect", connectionId: "no record" });
    gone.add("unknown");
    expect(await admin.disconnect("unknown", "r")).toBeUndefined();
  });
});

describe("disconnect all", () => {
  it("of a user ends theirs and no other's, also not of their namesake in another tenant", async () => {
    const { admin, calls } = world;
    const ended = await admin.disconnectAll({ tenant: "acme", user: "ada" }, "r");
    expect(idsOf(ended)).toEqual(["a2", "a1"]);
    expect(new Set(calls.map(({ connectionId }) => connectionId))).toEqual(new Set(["a1", "a2"]));
  });

  it("of a tenant ends all of it", async () => {
    expect(idsOf(await world.admin.disconnectAll({ tenant: "acme" }, "r"))).toEqual(["b1", "a2", "a1"]);
  });

  it("goes on when one fails, and says which", async () => {
    const { admin, failing } = world;
    failing.set("a2", "disconnect");
    expect(await admin.disconnectAll({ tenant: "acme", user: "ada" }, "r")).toMatchObject([
      { connectionId: "a2", outcome: "failed", error: { name: "SendFailedError", kind: "unavailable" } },
      { connectionId: "a1", outcome: "disconnected" },
    ]);
  });
});
