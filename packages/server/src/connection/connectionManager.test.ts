import { byteLength, encodeServerMessage, MAX_MESSAGE_BYTES } from "@streamer/protocol";
import type { ServerMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createFakeManagementApi } from "../testing/fakeManagementApi.ts";
import type { FakeManagementApi } from "../testing/fakeManagementApi.ts";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import type { RecordedLogger } from "../testing/recordedLogger.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createConnectionStore } from "../table/connectionStore.ts";
import type { ConnectionStore } from "../table/connectionStore.ts";
import { createConnectionManager } from "./connectionManager.ts";
import type { ConnectionManager, ConnectionManagerConfig, ConnectionManagerDeps } from "./connectionManager.ts";
import { ConnectionStaleError, SendFailedError } from "./errors.ts";

let connections: ConnectionStore;
let api: FakeManagementApi;
let log: RecordedLogger;
beforeAll(async () => {
  connections = createConnectionStore(await createTestTable(), createFakeClock());
});
beforeEach(() => {
  api = createFakeManagementApi();
  log = createRecordedLogger();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Retries wait for real time, as little as there is. */
const manager = (config: ConnectionManagerConfig = {}, deps: Partial<ConnectionManagerDeps> = {}): ConnectionManager =>
  createConnectionManager(
    { minDelayMs: 1, maxDelayMs: 1, ...config },
    { managementApi: api, connections, logger: log.logger, random: () => 0.5, ...deps },
  );
const pong: ServerMessage = { type: "pong" };
async function connected(): Promise<string> {
  const connectionId = crypto.randomUUID();
  await connections.save({
    connectionId,
    tenantId: "t",
    userId: "u",
    permissions: [],
    endpoint: "e",
    tokenExpiresAt: 1,
    userAgent: undefined,
    ipAddress: undefined,
  });
  return connectionId;
}

describe("send", () => {
  it("posts the message, once", async () => {
    expect(await manager().send("c1", pong)).toEqual({ status: "sent" });
    expect(api.calls).toEqual([{ operation: "post", connectionId: "c1", data: '{"type":"pong"}' }]);
  });

  it.each([500, 502, 503, 504])("tries again after a %i, and is sent when that works", async (status) => {
    api.answer("c1", status, 2);
    expect(await manager().send("c1", pong)).toEqual({ status: "sent" });
    expect(api.calls).toHaveLength(3);
    expect(api.received("c1")).toEqual([pong]);
  });

  it("tries again when the network fails", async () => {
    api.answer("c1", () => Promise.reject(new Error("ECONNRESET")), 1);
    expect(await manager().send("c1", pong)).toEqual({ status: "sent" });
  });

  it("gives up after three retries and says what happened", async () => {
    api.answer("c1", 503);
    const result = await manager().send("c1", pong);
    expect(result).toMatchObject({ status: "failed", error: { kind: "unavailable", connectionId: "c1" } });
    expect(result.status === "failed" && result.error.cause).toMatchObject({ $metadata: { httpStatusCode: 503 } });
    expect(api.calls).toHaveLength(4);
  });

  it("tries as often as it is configured to", async () => {
    api.answer("c1", 503);
    await manager({ retries: 1 }).send("c1", pong);
    expect(api.calls).toHaveLength(2);
  });

  it.each([
    [413, "too_large"],
    [403, "forbidden"],
    [400, "forbidden"],
  ])("does not try again after a %i: %s", async (status, kind) => {
    api.answer("c1", status);
    expect(await manager().send("c1", pong)).toMatchObject({ status: "failed", error: { kind } });
    expect(api.calls).toHaveLength(1);
  });

  it("a 410 is not tried again, and removes the connection's record", async () => {
    const connectionId = await connected();
    api.answer(connectionId, 410);
    const result = await manager().send(connectionId, pong);
    expect(result.status === "gone" && result.error).toBeInstanceOf(ConnectionStaleError);
    expect(api.calls).toHaveLength(1);
    expect(await connections.get(connectionId)).toBeUndefined();
  });

  it.each([429, 413, 403, 503])("a %i leaves the connection's record", async (status) => {
    const connectionId = await connected();
    api.answer(connectionId, status);
    await manager().send(connectionId, pong);
    expect(await connections.get(connectionId)).toBeDefined();
  });

  it("a gone connection whose record cannot be removed is still gone, and the log knows", async () => {
    api.answer("c1", 410);
    const broken = { delete: () => Promise.reject(new Error("throttled")) };
    expect(await manager({}, { connections: broken }).send("c1", pong)).toMatchObject({ status: "gone" });
    expect(log.entries("The record of a gone connection could not be removed.")).toMatchObject([{ level: "WARN", connection_id: "c1" }]);
  });

  it("a message of 128 KB is posted, one of a byte more is not", async () => {
    const ofSize = (bytes: number): ServerMessage => {
      const empty: ServerMessage = { type: "response", request_id: "r1", success: true, data: "" };
      return { ...empty, data: "x".repeat(bytes - byteLength(encodeServerMessage(empty))) };
    };
    expect(await manager().send("c1", ofSize(MAX_MESSAGE_BYTES))).toEqual({ status: "sent" });
    expect(await manager().send("c2", ofSize(MAX_MESSAGE_BYTES + 1))).toMatchObject({ status: "failed", error: { kind: "too_large" } });
    expect(api.calls.map((call) => call.connectionId)).toEqual(["c1"]);
    expect(log.entries()).toMatchObject([{ level: "ERROR", message_type: "response", size_bytes: MAX_MESSAGE_BYTES + 1 }]);
    expect(log.lines.join("")).not.toContain("xxxx");
  });
});

describe("the delays between retries", () => {
  /** Without each send's deadline. */
  const retryDelays = (timers: readonly Parameters<typeof setTimeout>[]): number[] =>
    timers.map(([, ms]) => ms ?? 0).filter((ms) => ms !== 10_000);
  const delaysWith = async (random: () => number, config: ConnectionManagerConfig): Promise<number[]> => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    api.answer("c1", 503);
    await manager(config, { random }).send("c1", pong);
    return retryDelays(timers.mock.calls);
  };

  it.each([
    ["25 % less", 0, [3, 6, 12]],
    ["as they are", 0.5, [4, 8, 16]],
    ["25 % more", 1, [5, 10, 20]],
  ])("double each time; by chance they are at the most %s", async (_, random, delays) => {
    expect(await delaysWith(() => random, { minDelayMs: 4, maxDelayMs: 5_000 })).toEqual(delays);
  });

  it("grow no further than the longest, give or take the jitter", async () => {
    expect(await delaysWith(() => 0.5, { minDelayMs: 4, maxDelayMs: 6, retries: 4 })).toEqual([4, 6, 6, 6]);
  });

  it("of two sends under way do not add up", async () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    api.answer("c1", 503);
    api.answer("c2", 503);
    const one = manager({ minDelayMs: 4, maxDelayMs: 5_000 });
    await Promise.all([one.send("c1", pong), one.send("c2", pong)]);
    expect(retryDelays(timers.mock.calls).toSorted((a, b) => a - b)).toEqual([4, 4, 8, 8, 16, 16]);
  });
});

describe("broadcast", () => {
  it("gives each connection its own result, whatever becomes of the others", async () => {
    const gone = await connected();
    api.answer(gone, 410);
    api.answer("slow", 429);
    api.answer("down", 503);
    const results = await manager().broadcast(["ok", gone, "slow", "down"], pong);
    expect([...results].map(([id, result]) => [id, result.status])).toEqual([
      ["ok", "sent"],
      [gone, "gone"],
      ["slow", "failed"],
      ["down", "failed"],
    ]);
    expect(await connections.get(gone)).toBeUndefined();
  });

  it("encodes the message once for all", async () => {
    let encoded = 0;
    const data = { toJSON: () => `encoded ${(encoded += 1)}` };
    const ids = Array.from({ length: 60 }, (_, index) => `c${index}`);
    await manager().broadcast(ids, { type: "response", request_id: "r1", success: true, data });
    expect(encoded).toBe(1);
    expect(new Set(api.calls.map((call) => call.data)).size).toBe(1);
    expect(api.calls.map((call) => call.connectionId)).toEqual(ids);
  });

  it("posts no more than so many at a time", async () => {
    let open = 0;
    let most = 0;
    const ids = Array.from({ length: 10 }, (_, index) => `c${index}`);
    for (const id of ids) {
      api.answer(id, async () => {
        most = Math.max(most, (open += 1));
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
      });
    }
    const results = await manager({ broadcastConcurrency: 4 }).broadcast(ids, pong);
    expect(most).toBe(4);
    expect([...results.keys()]).toEqual(ids);
  });

  it("to nobody posts nothing", async () => {
    expect((await manager().broadcast([], pong)).size).toBe(0);
    expect(api.calls).toEqual([]);
  });

  it("of a message over 128 KB posts nothing and fails for each", async () => {
    const message: ServerMessage = { type: "response", request_id: "r1", success: true, data: "x".repeat(MAX_MESSAGE_BYTES) };
    const results = await manager().broadcast(["c1", "c2"], message);
    expect([...results.values()]).toMatchObject([{ error: { kind: "too_large" } }, { error: { kind: "too_large" } }]);
    expect(api.calls).toEqual([]);
    expect(log.entries()).toHaveLength(1);
  });
});

describe("isActive", () => {
  it("is true for an open connection", async () => {
    expect(await manager().isActive("c1")).toBe(true);
    expect(api.calls).toMatchObject([{ operation: "get", connectionId: "c1" }]);
  });

  it("is false for one that is gone, whose record is removed", async () => {
    const connectionId = await connected();
    api.answer(connectionId, 410);
    expect(await manager().isActive(connectionId)).toBe(false);
    expect(await connections.get(connectionId)).toBeUndefined();
  });

  it("tries again after a 503", async () => {
    api.answer("c1", 503, 1);
    expect(await manager().isActive("c1")).toBe(true);
  });

  it.each([
    [503, "unavailable"],
    [429, "throttled"],
    [403, "forbidden"],
  ])("knows nothing after a %i and throws: %s", async (status, kind) => {
    api.answer("c1", status);
    const error: unknown = await manager()
      .isActive("c1")
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SendFailedError);
    expect(error).toMatchObject({ kind });
  });
});

describe("disconnect", () => {
  it("closes the connection", async () => {
    await manager().disconnect("c1");
    expect(api.calls).toMatchObject([{ operation: "disconnect", connectionId: "c1" }]);
  });

  it("of a connection that is gone is no error", async () => {
    api.answer("c1", 410);
    await expect(manager().disconnect("c1")).resolves.toBeUndefined();
  });

  it("that could not be done throws, and says why", async () => {
    api.answer("c1", 403);
    await expect(manager().disconnect("c1")).rejects.toMatchObject({ name: "SendFailedError", kind: "forbidden" });
  });
});
