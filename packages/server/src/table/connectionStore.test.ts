import { CONNECTION_TTL_SECONDS, MAX_CONNECTION_DURATION_MS } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { createRawTable } from "../testing/rawTable.ts";
import { sampleRequest } from "../testing/sampleRequest.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createConnectionStore, TOUCH_RETRIES, TOUCH_RETRY_MS } from "./connectionStore.ts";
import type { Connection, NewConnection } from "./connectionStore.ts";
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
      messagesSent: 0,
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

describe("countActive", () => {
  const world = async () => {
    const own = await createTestTable();
    const clock = createFakeClock();
    const store = createConnectionStore(own, clock);
    const open = async (count: number): Promise<readonly string[]> => {
      const ids = Array.from({ length: count }, () => crypto.randomUUID());
      await Promise.all(ids.map((connectionId) => store.save(newConnection({ connectionId }))));
      return ids;
    };
    return { own, clock, store, open };
  };

  it("counts who is open, of every tenant, and nobody else", async () => {
    const { own, store, clock, open } = await world();
    expect(await store.countActive()).toBe(0);
    const [first = "", ...others] = await open(40);
    await store.save(newConnection({ tenantId: "Globex" }));
    await createRequestStore(own, clock).create(sampleRequest());
    expect(await store.countActive()).toBe(41);
    await store.delete(first);
    expect(await store.countActive()).toBe(40);
    // Whatever is written to a record later, it is counted once.
    await store.touch(others[0] ?? "");
    await store.addPosted(others[0] ?? "", 3);
    await store.renew(others[0] ?? "", { permissions: ["x"], expiresAt: 1_900_000_000 });
    expect(await store.countActive()).toBe(40);
  });

  it("leaves out those that API Gateway must have ended by now", async () => {
    const { store, clock, open } = await world();
    await open(3);
    await clock.advance(MAX_CONNECTION_DURATION_MS);
    await open(2);
    expect(await store.countActive()).toBe(5);
    await clock.advance(1);
    expect(await store.countActive()).toBe(2);
  });

  it("goes on where a page of the index ends", async () => {
    const { own, store, open } = await world();
    await open(30);
    let pages = 0;
    own.client.middlewareStack.add(
      (next) => (args) => {
        pages += 1;
        Object.assign(args.input, { Limit: 1 });
        return next(args);
      },
      { step: "initialize", name: "smallPages" },
    );
    expect(await store.countActive()).toBe(30);
    expect(pages).toBeGreaterThan(30);
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
    expect(touched).toMatchObject({
      messagesReceived: 2,
      lastPingAt: clock.now(),
      connectedAt: clock.now() - 10_000,
      userId: "auth0|Ann#1",
    });
  });

  it("loses no count among messages that come at the same time", async () => {
    const store = createConnectionStore(config, createFakeClock());
    const connection = newConnection();
    await store.save(connection);
    await Promise.all(Array.from({ length: 10 }, () => store.touch(connection.connectionId)));
    expect(await store.get(connection.connectionId)).toMatchObject({ messagesReceived: 10 });
  });

  it("of an unknown connection looks again three times, then gives nothing, and makes nothing", async () => {
    const clock = createFakeClock();
    const store = createConnectionStore(config, clock);
    let answer: { readonly connection: Connection | undefined } | undefined;
    const touching = store.touch("nobody").then((connection) => (answer = { connection }));
    for (let retry = 0; retry < TOUCH_RETRIES; retry += 1) {
      await vi.waitFor(() => expect(clock.pending).toBe(1));
      expect(answer).toBeUndefined();
      await clock.advance(TOUCH_RETRY_MS);
    }
    expect(await touching).toEqual({ connection: undefined });
    expect(clock.now() - createFakeClock().now()).toBe(150);
    expect(await createRawTable(config).item("connection#nobody", "connection")).toBeUndefined();
  });

  it("that overtakes the connection's record waits for it, and counts once", async () => {
    const clock = createFakeClock();
    const store = createConnectionStore(config, clock);
    const connection = newConnection();
    const touching = store.touch(connection.connectionId);
    await vi.waitFor(() => expect(clock.pending).toBe(1));
    await store.save(connection);
    await clock.advance(TOUCH_RETRY_MS);
    expect(await touching).toMatchObject({ userId: connection.userId, messagesReceived: 1, messagesSent: 1 });
    expect(clock.pending).toBe(0);
  });

  it("of a known connection waits for nothing", async () => {
    const clock = createFakeClock();
    const store = createConnectionStore(config, clock);
    const connection = newConnection();
    await store.save(connection);
    await store.touch(connection.connectionId);
    expect(clock.pending).toBe(0);
  });
});

describe("what was sent", () => {
  it("is one answer to each message, and what was posted", async () => {
    const store = createConnectionStore(config, createFakeClock());
    const connection = newConnection();
    await store.save(connection);
    await store.touch(connection.connectionId);
    await Promise.all([3, 4].map((messages) => store.addPosted(connection.connectionId, messages)));
    await store.touch(connection.connectionId);
    expect(await store.get(connection.connectionId)).toMatchObject({ messagesReceived: 2, messagesSent: 9 });
    expect(await store.delete(connection.connectionId)).toMatchObject({ messagesReceived: 2, messagesSent: 9 });
  });

  it("to an unknown connection is false and makes nothing", async () => {
    const store = createConnectionStore(config, createFakeClock());
    expect(await store.addPosted("nobody", 5)).toBe(false);
    expect(await createRawTable(config).item("connection#nobody", "connection")).toBeUndefined();
  });
});

describe("renew", () => {
  it("replaces rights and end of the token and nothing else", async () => {
    const store = createConnectionStore(config, createFakeClock());
    const connection = newConnection();
    await store.save(connection);
    expect(await store.renew(connection.connectionId, { permissions: ["admin"], expiresAt: 1_900_000_000 })).toBe(true);
    expect(await store.get(connection.connectionId)).toMatchObject({
      ...connection,
      permissions: ["admin"],
      tokenExpiresAt: 1_900_000_000,
    });
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
    for (const [connectionId, userId] of [
      ["l1", "ann"],
      ["l2", "bob"],
      ["l3", "ann"],
      ["l4", "ann"],
    ] as const) {
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

describe("scan", () => {
  it("gives everyone's connections and nothing else, page by page, and none that has expired", async () => {
    const table = await createTestTable();
    const clock = createFakeClock();
    const store = createConnectionStore(table, clock);
    await store.save(newConnection({ connectionId: "expired", tenantId: "t1" }));
    await clock.advance(CONNECTION_TTL_SECONDS * 1000);
    await store.save(newConnection({ connectionId: "c1", tenantId: "t1" }));
    await store.save(newConnection({ connectionId: "c2", tenantId: "t2" }));
    for (let index = 0; index < 5; index += 1) await createRequestStore(table, clock).create(sampleRequest({ requestId: `r${index}` }));
    const found: string[] = [];
    let pages = 0;
    let cursor: string | undefined;
    do {
      const page = await store.scan({ limit: 2, cursor });
      found.push(...page.items.map((item) => item.connectionId));
      cursor = page.cursor;
      pages += 1;
    } while (cursor !== undefined);
    expect(found.toSorted()).toEqual(["c1", "c2"]);
    expect(pages).toBeGreaterThan(1);
  });
});
