import { CONNECTION_TTL_SECONDS } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { createRawTable } from "../testing/rawTable.ts";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createConnectionStore } from "./connectionStore.ts";
import type { NewConnection } from "./connectionStore.ts";
import type { TableConfig } from "./entities/model.ts";
import { createRequestStore } from "./requestStore.ts";

let config: TableConfig;
beforeAll(async () => {
  config = await createTestTable();
});

const newConnection = (overrides: Partial<NewConnection> = {}): NewConnection => ({
  connectionId: crypto.randomUUID(),
  tenantId: "Acme",
  userId: "auth0|Ann#1",
  permissions: ["reports:write"],
  endpoint: "api.example/test",
  tokenExpiresAt: 1_800_000_000,
  userAgent: "test",
  ipAddress: "192.0.2.1",
  ...overrides,
});

describe("save", () => {
  it("keeps who is behind a connection, and reads back whole", async () => {
    const clock = createFakeClock();
    const store = createConnectionStore(config, clock);
    const connection = newConnection();
    await store.save(connection);
    expect(await store.get(connection.connectionId)).toEqual({
      ...connection,
      connectedAt: clock.now(),
      lastPingAt: clock.now(),
      messagesReceived: 0,
    });
  });

  it("takes a connection of which nothing but its user is known", async () => {
    const store = createConnectionStore(config, createFakeClock());
    const connection = newConnection({ userAgent: undefined, ipAddress: undefined, permissions: [] });
    await store.save(connection);
    expect(await store.get(connection.connectionId)).toMatchObject({ userAgent: undefined, ipAddress: undefined, permissions: [] });
  });

  it("sets the TTL to a day from now", async () => {
    const clock = createFakeClock();
    const connection = newConnection();
    await createConnectionStore(config, clock).save(connection);
    const item = await createRawTable(config).item(`connection#${connection.connectionId}`, "connection");
    expect(item?.["expires_at"]).toEqual({ N: String(clock.now() / 1000 + CONNECTION_TTL_SECONDS) });
  });
});

describe("an expired record that DynamoDB has not deleted yet", () => {
  it("is not read and not listed", async () => {
    const clock = createFakeClock();
    const store = createConnectionStore(config, clock);
    const connection = newConnection({ tenantId: "late" });
    await store.save(connection);
    await clock.advance(CONNECTION_TTL_SECONDS * 1000 - 1);
    expect(await store.get(connection.connectionId)).toBeDefined();
    await clock.advance(1);
    expect(await store.get(connection.connectionId)).toBeUndefined();
    expect((await store.listByTenant("late")).items).toEqual([]);
    expect((await store.listByUser("late", connection.userId)).items).toEqual([]);
  });
});

describe("touch", () => {
  it("counts the message, notes when it came, and gives the connection", async () => {
    const clock = createFakeClock();
    const store = createConnectionStore(config, clock);
    const connection = newConnection();
    await store.save(connection);
    await clock.advance(5_000);
    await store.touch(connection.connectionId);
    await clock.advance(5_000);
    const touched = await store.touch(connection.connectionId);
    expect(touched).toMatchObject({ messagesReceived: 2, lastPingAt: clock.now(), connectedAt: clock.now() - 10_000, userId: "auth0|Ann#1" });
  });

  it("loses no count among messages that come at the same time", async () => {
    const store = createConnectionStore(config, createFakeClock());
    const connection = newConnection();
    await store.save(connection);
    await Promise.all(Array.from({ length: 10 }, () => store.touch(connection.connectionId)));
    expect(await store.get(connection.connectionId)).toMatchObject({ messagesReceived: 10 });
  });

  it("of an unknown connection gives nothing and makes nothing", async () => {
    const store = createConnectionStore(config, createFakeClock());
    expect(await store.touch("nobody")).toBeUndefined();
    expect(await createRawTable(config).item("connection#nobody", "connection")).toBeUndefined();
  });
});

describe("renew", () => {
  it("replaces rights and end of the token and nothing else", async () => {
    const store = createConnectionStore(config, createFakeClock());
    const connection = newConnection();
    await store.save(connection);
    expect(await store.renew(connection.connectionId, { permissions: ["admin"], expiresAt: 1_900_000_000 })).toBe(true);
    expect(await store.get(connection.connectionId)).toMatchObject({ ...connection, permissions: ["admin"], tokenExpiresAt: 1_900_000_000 });
  });

  it("of an unknown connection is false and makes nothing", async () => {
    const store = createConnectionStore(config, createFakeClock());
    expect(await store.renew("nobody", { permissions: [], expiresAt: 1 })).toBe(false);
    expect(await createRawTable(config).item("connection#nobody", "connection")).toBeUndefined();
  });
});

describe("delete", () => {
  it("gives what was deleted, and nothing the second time", async () => {
    const store = createConnectionStore(config, createFakeClock());
    const connection = newConnection();
    await store.save(connection);
    expect(await store.delete(connection.connectionId)).toMatchObject(connection);
    expect(await store.delete(connection.connectionId)).toBeUndefined();
    expect(await store.get(connection.connectionId)).toBeUndefined();
  });
});

describe("lists", () => {
  it("are newest first, of one user or one tenant, page by page", async () => {
    const clock = createFakeClock();
    const store = createConnectionStore(config, clock);
    for (const [connectionId, userId] of [["l1", "ann"], ["l2", "bob"], ["l3", "ann"], ["l4", "ann"]] as const) {
      await store.save(newConnection({ connectionId, userId, tenantId: "lists" }));
      await clock.advance(1);
    }
    const first = await store.listByUser("lists", "ann", { limit: 2 });
    const second = await store.listByUser("lists", "ann", { limit: 2, cursor: first.cursor });
    expect([first, second].map((page) => page.items.map((item) => item.connectionId))).toEqual([["l4", "l3"], ["l1"]]);
    expect(second.cursor).toBeUndefined();
    expect((await store.listByTenant("lists")).items.map((item) => item.connectionId)).toEqual(["l4", "l3", "l2", "l1"]);
  });

  it("hold connections only, though requests share their indexes", async () => {
    const clock = createFakeClock();
    const store = createConnectionStore(config, clock);
    const requests = createRequestStore(config, clock);
    await store.save(newConnection({ connectionId: "s1", tenantId: "shared", userId: "ann" }));
    const { requestId } = sampleRequest();
    await requests.create(sampleRequest({ requestId, tenantId: "shared", userId: "ann", connectionId: "s1" }));
    expect((await store.listByUser("shared", "ann")).items.map((item) => item.connectionId)).toEqual(["s1"]);
    expect((await store.listByTenant("shared")).items.map((item) => item.connectionId)).toEqual(["s1"]);
    expect((await requests.listByUser("shared", "ann")).items.map((item) => item.requestId)).toEqual([requestId]);
    expect((await requests.listByTenant("shared")).items.map((item) => item.requestId)).toEqual([requestId]);
  });
});
