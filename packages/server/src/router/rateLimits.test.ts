import { DEFAULT_RATE_LIMIT_MESSAGES, DEFAULT_RATE_LIMIT_WINDOW_MS } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { beforeAll, describe, expect, test } from "vitest";
import type { TableConfig } from "../table/entities/model.ts";
import { createTenantRateStore } from "../table/tenantRateStore.ts";
import { createRouterHarness } from "../testing/routerHarness.ts";
import { sampleActions } from "../testing/sampleActions.ts";
import { createTestTable } from "../testing/testTable.ts";
import { createRouter } from "./createRouter.ts";
import type { RateLimits } from "./rateLimits.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

const ping = { type: "ping" };
const echo = { id: "e1", action: "echo", payload: { message: "x" } };
const limited = (seconds: number, requestId?: string) => ({
  type: "error",
  ...(requestId === undefined ? {} : { request_id: requestId }),
  error: { code: "RATE_LIMITED", message: "Too many messages.", retryable: true, details: { retry_after: seconds } },
});

function open(rateLimits?: RateLimits) {
  const ran: string[] = [];
  const config = {
    actions: sampleActions,
    handlers: { echo: () => void ran.push("echo") },
    ...(rateLimits === undefined ? {} : { rateLimits }),
  };
  // Counters of tenants are told apart by their tenant, and each harness has its own; the time stands still until it is moved.
  const clock = createFakeClock();
  const harness = createRouterHarness(table, config, { tenantRates: createTenantRateStore(table, clock) });
  return { ...harness, ran };
}

describe("a connection that sends too much", () => {
  const rateLimits: RateLimits = { connection: { messages: 3, window: "10 seconds" } };

  test("is refused with the seconds to wait, under the request's id, and nothing of the message is done", async () => {
    const { connect, send, clock, ran, deps, tenantId } = open(rateLimits);
    const connectionId = await connect();
    for (let count = 0; count < 3; count += 1) expect(await send(connectionId, echo)).toMatchObject({ type: "response" });
    await clock.advance(2_500);
    expect(await send(connectionId, echo)).toEqual(limited(8, "e1"));
    expect(await send(connectionId, { id: "r1", action: "generate_report", payload: { start: "x" } })).toEqual(limited(8, "r1"));
    expect(await send(connectionId, { type: "cancel", request_id: "r2" })).toEqual(limited(8, "r2"));
    expect(await send(connectionId, ping)).toEqual(limited(8));
    expect(ran).toHaveLength(3);
    expect(await deps.requests.getConsistent({ tenantId, requestId: "r1" })).toBeUndefined();
  });

  test("may go on when the window is over", async () => {
    const { connect, send, clock } = open(rateLimits);
    const connectionId = await connect();
    for (let count = 0; count < 4; count += 1) await send(connectionId, ping);
    await clock.advance(9_999);
    expect(await send(connectionId, ping)).toEqual(limited(1));
    await clock.advance(1);
    expect(await send(connectionId, ping)).toEqual({ type: "pong" });
  });

  test("does so with heartbeats and bad frames too", async () => {
    const { connect, send } = open(rateLimits);
    const connectionId = await connect();
    for (const frame of [ping, "not json", { type: "dance" }]) await send(connectionId, frame);
    expect(await send(connectionId, "not json")).toEqual(limited(10));
  });

  test("takes nothing from another connection of the same user", async () => {
    const { connect, send } = open(rateLimits);
    const [one, other] = [await connect(), await connect()];
    for (let count = 0; count < 4; count += 1) await send(one, ping);
    expect(await send(other, ping)).toEqual({ type: "pong" });
  });

  test("is logged as refused, with who it is", async () => {
    const { connect, send, log, tenantId } = open(rateLimits);
    const connectionId = await connect();
    for (let count = 0; count < 4; count += 1) await send(connectionId, ping);
    expect(log.entries("A message was refused.")).toMatchObject([
      { level: "INFO", code: "RATE_LIMITED", connection_id: connectionId, tenant_id: tenantId, user_id: "u1" },
    ]);
  });
});

describe("without a setting", () => {
  test(`a connection has ${DEFAULT_RATE_LIMIT_MESSAGES} messages in ${DEFAULT_RATE_LIMIT_WINDOW_MS} ms`, async () => {
    const { connect, send } = open();
    const connectionId = await connect();
    for (let count = 0; count < DEFAULT_RATE_LIMIT_MESSAGES; count += 1) expect(await send(connectionId, ping)).toEqual({ type: "pong" });
    expect(await send(connectionId, ping)).toEqual(limited(DEFAULT_RATE_LIMIT_WINDOW_MS / 1000));
  });

  test("a limit that is taken away does not hold", async () => {
    const { connect, send } = open({ connection: "unlimited" });
    const connectionId = await connect();
    for (let count = 0; count <= DEFAULT_RATE_LIMIT_MESSAGES; count += 1) expect(await send(connectionId, ping)).toEqual({ type: "pong" });
  });
});

describe("a tenant that sends too much", () => {
  const rateLimits: RateLimits = { tenant: { messages: 3, window: "10 seconds" } };

  test("is refused on all its connections, and no other tenant is", async () => {
    const { connect, send } = open(rateLimits);
    const [ann, bob, stranger] = [
      await connect({ userId: "ann" }),
      await connect({ userId: "bob" }),
      await connect({ tenantId: crypto.randomUUID() }),
    ];
    for (const connectionId of [ann, bob, ann]) expect(await send(connectionId, ping)).toEqual({ type: "pong" });
    expect(await send(bob, echo)).toEqual(limited(10, "e1"));
    expect(await send(ann, ping)).toEqual(limited(10));
    expect(await send(stranger, ping)).toEqual({ type: "pong" });
  });

  test("is not charged for what its connection was refused already", async () => {
    const { connect, send } = open({ connection: { messages: 1, window: "10 seconds" }, tenant: { messages: 2, window: "10 seconds" } });
    const [one, other] = [await connect(), await connect()];
    for (let count = 0; count < 4; count += 1) await send(one, ping);
    expect(await send(other, ping)).toEqual({ type: "pong" });
  });
});

describe("a router is not made", () => {
  const make = (rateLimits: RateLimits, deps = open().deps) =>
    createRouter({ actions: sampleActions, handlers: { echo: () => "done" }, rateLimits }, deps);

  test.each<[string, RateLimits]>([
    ["of no message", { connection: { messages: 0, window: "1 second" } }],
    ["of half a message", { connection: { messages: 0.5, window: "1 second" } }],
    ["of no number", { tenant: { messages: Number.NaN, window: "1 second" } }],
    ["of no time", { connection: { messages: 1, window: "0 seconds" } }],
    ["for a tenant, of more than DynamoDB counts in one item", { tenant: { messages: 10_010, window: "10 seconds" } }],
  ])("with a limit %s", (_, rateLimits) => {
    expect(() => make(rateLimits)).toThrow(RangeError);
  });

  test("with a limit for tenants and no place to count in", () => {
    const { tenantRates: _, ...deps } = open().deps;
    expect(() => make({ tenant: { messages: 1, window: "1 second" } }, deps)).toThrow(/tenantRates/);
  });
});
