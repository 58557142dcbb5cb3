import type { ServerMessage } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import type { FakeClock } from "@streamer/protocol/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createFakeManagementApi } from "../testing/fakeManagementApi.ts";
import type { FakeManagementApi } from "../testing/fakeManagementApi.ts";
import { createRecordedLogger } from "../testing/recordedLogger.ts";
import type { BreakerState } from "./breaker.ts";
import { noMetrics } from "./connectionMetrics.ts";
import type { SendOutcome } from "./connectionMetrics.ts";
import { createConnectionManager } from "./connectionManager.ts";
import type { ConnectionManager, ConnectionManagerConfig, SendOptions } from "./connectionManager.ts";
import { ConnectionNotFoundError } from "./errors.ts";
import { createConnectionHealth } from "./health.ts";

let api: FakeManagementApi;
let clock: FakeClock;
let outcomes: SendOutcome[];
let states: BreakerState[];
let removed: string[];
beforeEach(() => {
  api = createFakeManagementApi();
  clock = createFakeClock();
  [outcomes, states, removed] = [[], [], []];
});
afterEach(() => {
  vi.useRealTimers();
});
const manager = (config: ConnectionManagerConfig = {}): ConnectionManager =>
  createConnectionManager(
    { retries: 0, backPressureRetries: 0, ...config },
    {
      managementApi: api,
      connections: { delete: async (id) => void removed.push(id) },
      logger: createRecordedLogger().logger,
      random: () => 0.5,
      clock,
      metrics: { ...noMetrics, send: (outcome) => void outcomes.push(outcome), breaker: (state) => void states.push(state) },
    },
  );
const message: ServerMessage = { type: "pong" };

describe("a connection", () => {
  const broadcastTo = async (one: ConnectionManager, id: string, options?: SendOptions) => {
    const result = (await one.broadcast([id], message, options)).get(id);
    return result?.status === "failed" ? result.error.kind : result?.status;
  };

  it("is unhealthy after three failed sends in a row: broadcasts skip it, others are sent", async () => {
    api.answer("c1", 503);
    const one = manager();
    for (let index = 0; index < 3; index += 1) expect(await broadcastTo(one, "c1")).toBe("unavailable");
    const results = await one.broadcast(["c1", "c2"], message);
    expect(results.get("c1")).toMatchObject({ status: "failed", error: { kind: "unhealthy" } });
    expect(results.get("c2")).toEqual({ status: "sent" });
    expect(api.calls.filter(({ connectionId }) => connectionId === "c1")).toHaveLength(3);
  });

  it("is well again after one success in between", async () => {
    const one = manager();
    for (let round = 0; round < 3; round += 1) {
      api.answer("c1", 503, 2);
      expect([await broadcastTo(one, "c1"), await broadcastTo(one, "c1")]).toEqual(["unavailable", "unavailable"]);
      expect(await broadcastTo(one, "c1")).toBe("sent");
    }
  });

  it("is tried again after a cool-down, by one send; while that is under way it is skipped", async () => {
    api.answer("c1", 503, 3);
    const one = manager();
    for (let index = 0; index < 3; index += 1) await broadcastTo(one, "c1");
    await clock.advance(4_999);
    expect(await broadcastTo(one, "c1")).toBe("unhealthy");
    await clock.advance(1);
    const probe = broadcastTo(one, "c1");
    expect(await broadcastTo(one, "c1")).toBe("unhealthy");
    expect(await probe).toBe("sent");
    expect(await broadcastTo(one, "c1")).toBe("sent");
  });

  it("whose probe fails stays unhealthy for another cool-down", async () => {
    api.answer("c1", 503);
    const one = manager();
    for (let index = 0; index < 3; index += 1) await broadcastTo(one, "c1");
    await clock.advance(5_000);
    expect(await broadcastTo(one, "c1")).toBe("unavailable");
    expect(await broadcastTo(one, "c1")).toBe("unhealthy");
  });

  it("that is unhealthy is tried for a last message, and by a send", async () => {
    api.answer("c1", 503, 4);
    const one = manager();
    for (let index = 0; index < 3; index += 1) await broadcastTo(one, "c1");
    expect(await broadcastTo(one, "c1", { last: true })).toBe("unavailable");
    expect(await one.send("c1", message)).toEqual({ status: "sent" });
  });

  it("that was gone once is known to be, without a call or a read", async () => {
    api.answer("c1", 410);
    const one = manager();
    expect(await broadcastTo(one, "c1")).toBe("gone");
    const again = await one.send("c1", message);
    expect(again.status === "gone" && again.error).toBeInstanceOf(ConnectionNotFoundError);
    expect(api.calls).toHaveLength(1);
    expect(removed).toEqual(["c1"]);
    expect(outcomes).toEqual(["gone", "not_found"]);
  });

  it("that is found open by a question is sent to again", async () => {
    api.answer("c1", 410, 1);
    const one = manager();
    await one.send("c1", message);
    expect(await one.isActive("c1")).toBe(true);
    expect(await one.send("c1", message)).toEqual({ status: "sent" });
  });

  it("of very many that failed is forgotten, the oldest first: memory has a bound", () => {
    const health = createConnectionHealth({}, clock);
    for (let index = 0; index <= 10_000; index += 1) health.record(`c${index}`, "gone");
    expect([health.isGone("c0"), health.isGone("c1"), health.isGone("c10000")]).toEqual([false, true, true]);
  });
});

describe("the breaker", () => {
  /** Other connections each time: none of them gets unhealthy. */
  const sendMany = async (one: ConnectionManager, count: number): Promise<string[]> => {
    const kinds: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const id = crypto.randomUUID();
      if (down) api.answer(id, down);
      const result = await one.send(id, message);
      kinds.push(result.status === "failed" ? result.error.kind : result.status);
    }
    return kinds;
  };
  let down: number;
  beforeEach(() => {
    // The library's breaker reads the wall clock itself.
    vi.useFakeTimers({ toFake: ["Date"] });
    down = 503;
  });

  it("opens when more than half of the last 20 calls failed, and nothing is called then", async () => {
    const one = manager();
    expect(await sendMany(one, 20)).toEqual(Array.from({ length: 20 }, () => "unavailable"));
    expect(one.breakerState).toBe("open");
    expect(await sendMany(one, 5)).toEqual(Array.from({ length: 5 }, () => "circuit_open"));
    expect(api.calls).toHaveLength(20);
    expect(states).toEqual(["open"]);
  });

  it("stays closed when half of them succeed", async () => {
    const one = manager();
    for (let index = 0; index < 20; index += 1) {
      down = index % 2 === 0 ? 503 : 0;
      await sendMany(one, 1);
    }
    expect(one.breakerState).toBe("closed");
  });

  it.each([410, 429, 403])("is not opened by answers of %i: the API is there", async (status) => {
    down = status;
    const one = manager();
    await sendMany(one, 40);
    expect(one.breakerState).toBe("closed");
    expect(api.calls).toHaveLength(40);
  });

  it("lets one call through after its cool-down, and closes when that succeeds", async () => {
    const one = manager();
    await sendMany(one, 20);
    vi.setSystemTime(Date.now() + 999);
    expect(await sendMany(one, 1)).toEqual(["circuit_open"]);
    vi.setSystemTime(Date.now() + 1);
    down = 0;
    expect(await sendMany(one, 3)).toEqual(["sent", "sent", "sent"]);
    expect(states).toEqual(["open", "half_open", "closed"]);
  });

  it("opens again when that call fails, and the others learn it from that one", async () => {
    const one = manager();
    await sendMany(one, 20);
    vi.setSystemTime(Date.now() + 1_000);
    for (const id of ["a", "b", "c"]) api.answer(id, 503);
    const results = await one.broadcast(["a", "b", "c"], message);
    expect([...results.values()]).toMatchObject([
      { error: { kind: "unavailable" } },
      { error: { kind: "circuit_open" } },
      { error: { kind: "circuit_open" } },
    ]);
    expect(api.calls).toHaveLength(21);
    expect(states).toEqual(["open", "half_open", "open"]);
  });

  it("that is open makes a message wait that must be kept, and drops none of it on the way", async () => {
    const one = manager({ backPressureRetries: 5 });
    await sendMany(one, 20);
    const sending = one.send("kept", message);
    await clock.advance(700);
    vi.setSystemTime(Date.now() + 1_000);
    await clock.advance(800);
    expect(await sending).toEqual({ status: "sent" });
    expect(api.received("kept")).toEqual([message]);
  });
});
