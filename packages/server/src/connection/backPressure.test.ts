import type { ServerMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { createFakeManagementApi } from "../testing/fakeManagementApi.ts";
import type { FakeManagementApi } from "../testing/fakeManagementApi.ts";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import { createConnectionManager } from "./connectionManager.ts";
import type { ConnectionManager, ConnectionManagerConfig } from "./connectionManager.ts";
import { ConnectionManagerClosedError } from "./errors.ts";

let api: FakeManagementApi;
let clock: FakeClock;
let closes: number;
beforeEach(() => {
  api = createFakeManagementApi();
  clock = createFakeClock();
  closes = 0;
});
const manager = (config: ConnectionManagerConfig = {}): ConnectionManager =>
  createConnectionManager(config, {
    managementApi: { ...api, close: () => void (closes += 1) },
    connections: { delete: async () => undefined },
    logger: createRecordedLogger().logger,
    random: () => 0.5,
    clock,
  });
const message: ServerMessage = { type: "pong" };
const hang = (): Promise<void> => new Promise(() => undefined);

describe("a 429", () => {
  it("to a message that must be kept is answered by waiting longer each time, until it is taken", async () => {
    api.answer("c1", 429, 3);
    const sending = manager().send("c1", message);
    const tries: number[] = [];
    for (const ms of [99, 1, 199, 1, 399, 1]) {
      await clock.advance(ms);
      tries.push(api.calls.length);
    }
    expect(tries).toEqual([1, 2, 2, 3, 3, 4]);
    expect(await sending).toEqual({ status: "sent" });
  });

  it("to a message that must be kept is given up after five waits: throttled", async () => {
    api.answer("c1", 429);
    const sending = manager().send("c1", message);
    await clock.advance(100 + 200 + 400 + 800 + 1_600);
    expect(await sending).toMatchObject({ status: "failed", error: { kind: "throttled" } });
    expect(api.calls).toHaveLength(6);
  });

  it("to a message that a newer one has replaced already drops it at once", async () => {
    api.answer("c1", 429);
    expect(await manager().send("c1", message, { droppable: () => true })).toMatchObject({ status: "failed", error: { kind: "dropped" } });
    expect(api.calls).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it("to a message that a newer one replaces while it waits drops it then, without another post", async () => {
    api.answer("c1", 429);
    let replaced = false;
    const sending = manager().send("c1", message, { droppable: () => replaced });
    await clock.advance(50);
    replaced = true;
    await clock.advance(50);
    expect(await sending).toMatchObject({ error: { kind: "dropped" } });
    expect(api.calls).toHaveLength(1);
  });

  it("to one of a broadcast holds back no other", async () => {
    api.answer("slow", 429);
    const done: string[] = [];
    for (const id of ["a", "b"]) api.answer(id, async () => void done.push(id));
    const sending = manager({ broadcastConcurrency: 2 }).broadcast(["slow", "a", "b"], message);
    await clock.advance(0);
    expect(done).toEqual(["a", "b"]);
    await clock.advance(10_000);
    expect([...(await sending).values()].map(({ status }) => status)).toEqual(["failed", "sent", "sent"]);
  });

  it("is no failure of the connection: it does not become unhealthy", async () => {
    api.answer("c1", 429, 10);
    const one = manager({ backPressureRetries: 0 });
    for (let index = 0; index < 10; index += 1) await one.broadcast(["c1"], message);
    expect((await one.broadcast(["c1"], message)).get("c1")).toEqual({ status: "sent" });
  });
});

describe("a deadline", () => {
  it("ends a send whose call never ends, after 10 s", async () => {
    api.answer("c1", hang);
    const sending = manager().send("c1", message);
    let ended = false;
    void sending.then(() => (ended = true));
    await clock.advance(9_999);
    expect(ended).toBe(false);
    await clock.advance(1);
    expect(await sending).toMatchObject({ status: "failed", error: { kind: "timed_out" } });
  });

  it("ends the wait before a retry too, and leaves no timer", async () => {
    api.answer("c1", 503);
    const sending = manager({ sendTimeoutMs: 50 }).send("c1", message);
    await clock.advance(50);
    expect(await sending).toMatchObject({ error: { kind: "timed_out" } });
    expect(clock.pending).toBe(0);
  });

  it("counts for each send of a broadcast: it never hangs", async () => {
    for (const id of ["a", "b", "c"]) api.answer(id, hang);
    const sending = manager({ broadcastConcurrency: 1 }).broadcast(["a", "b", "ok", "c"], message);
    await clock.advance(30_000);
    expect([...(await sending).values()].map((result) => (result.status === "failed" ? result.error.kind : result.status))).toEqual([
      "timed_out",
      "timed_out",
      "sent",
      "timed_out",
    ]);
  });

  it("aborts the call that is under way", async () => {
    const signals: AbortSignal[] = [];
    const one = createConnectionManager(
      { sendTimeoutMs: 100 },
      {
        managementApi: { ...api, post: (_id, _data, signal) => (signal === undefined ? hang() : (signals.push(signal), hang())) },
        connections: { delete: async () => undefined },
        logger: createRecordedLogger().logger,
        random: () => 0.5,
        clock,
      },
    );
    const sending = one.send("c1", message);
    await clock.advance(99);
    expect(signals.map((signal) => signal.aborted)).toEqual([false]);
    await clock.advance(1);
    await sending;
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
  });
});

describe("close", () => {
  it("waits for what is under way, broadcasts to their last connection, and then gives up the sockets", async () => {
    const finish: (() => void)[] = [];
    for (const id of ["a", "b"]) api.answer(id, () => new Promise<void>((resolve) => finish.push(resolve)));
    const one = manager({ broadcastConcurrency: 1 });
    const sending = one.broadcast(["a", "b"], message);
    await clock.advance(0);
    const closing = one.close();
    finish.shift()?.();
    await clock.advance(0);
    expect(closes).toBe(0);
    finish.shift()?.();
    expect(await closing).toBe(0);
    expect(closes).toBe(1);
    expect([...(await sending).values()]).toEqual([{ status: "sent" }, { status: "sent" }]);
    expect(clock.pending).toBe(0);
  });

  it("aborts what does not end in its time, and says how much that was", async () => {
    api.answer("a", hang);
    const ending = Promise.withResolvers<void>();
    api.answer("ok", () => ending.promise);
    const one = manager();
    const [sending, broadcasting, done] = [one.send("a", message), one.broadcast(["a", "b"], message), one.send("ok", message)];
    await clock.advance(0);
    const closing = one.close(200);
    ending.resolve();
    await clock.advance(200);
    expect(await closing).toBe(2);
    expect(await sending).toMatchObject({ status: "failed", error: { kind: "aborted" } });
    expect((await broadcasting).get("a")).toMatchObject({ status: "failed", error: { kind: "aborted" } });
    expect(await done).toEqual({ status: "sent" });
    expect(clock.pending).toBe(0);
  });

  it("refuses what comes after it, by name", async () => {
    const one = manager();
    await one.close();
    for (const refused of [one.send("a", message), one.broadcast(["a"], message), one.isActive("a"), one.disconnect("a")])
      await expect(refused).rejects.toBeInstanceOf(ConnectionManagerClosedError);
    expect(api.calls).toEqual([]);
  });
});

it("drain waits, and takes new work all the while", async () => {
  const finish: (() => void)[] = [];
  api.answer("a", () => new Promise<void>((resolve) => finish.push(resolve)));
  const one = manager();
  const sending = one.send("a", message);
  await clock.advance(0);
  const draining = one.drain(1_000);
  expect(await one.send("b", message)).toEqual({ status: "sent" });
  finish.shift()?.();
  expect(await draining).toBe(0);
  expect(await sending).toEqual({ status: "sent" });
});

it("no more calls are under way together than there are sockets; the others wait", async () => {
  let together = 0;
  let most = 0;
  const ids = Array.from({ length: 30 }, (_, index) => `c${index}`);
  for (const id of ids) {
    api.answer(id, async () => {
      most = Math.max(most, (together += 1));
      await new Promise((resolve) => setImmediate(resolve));
      together -= 1;
    });
  }
  const one = manager({ maxCalls: 7 });
  const results = await Promise.all(ids.map((id) => one.send(id, message)));
  expect(most).toBe(7);
  expect(results.every(({ status }) => status === "sent")).toBe(true);
});
