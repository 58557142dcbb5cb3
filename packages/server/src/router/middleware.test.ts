import { RateLimitedError } from "@streamer/protocol";
import { beforeAll, describe, expect, test } from "vitest";
import { createRouterHarness } from "../testing/routerHarness.ts";
import { sampleActions } from "../testing/sampleActions.ts";
import { createTestTable } from "../testing/testTable.ts";
import type { TableConfig } from "../table/entities/model.ts";
import type { Middleware } from "./routed.ts";

let table: TableConfig;
beforeAll(async () => {
  table = await createTestTable();
});

const echo = { id: "e1", action: "echo", payload: { message: "x" } };
const purge = { id: "p1", action: "purge_reports" };

function open(middleware: readonly Middleware[] = []) {
  const ran: string[] = [];
  const handlers = { echo: () => void ran.push("handler") };
  return { ...createRouterHarness(table, { actions: sampleActions, handlers, middleware }), ran };
}

describe("a token that has expired on a live connection", () => {
  test("refuses new requests, short and long, from the second it ends", async () => {
    const { connect, send, clock, ran } = open();
    const connectionId = await connect({ tokenExpiresAt: clock.now() / 1000 + 60 });
    await clock.advance(59_999);
    expect(await send(connectionId, echo)).toMatchObject({ type: "response" });
    await clock.advance(1);
    for (const frame of [echo, { id: "r1", action: "generate_report", payload: { start: "x" } }]) {
      expect(await send(connectionId, frame)).toMatchObject({
        type: "error",
        request_id: frame.id,
        error: { code: "UNAUTHORIZED", retryable: false, details: { reason: "the token has expired" } },
      });
    }
    expect(ran).toHaveLength(1);
  });

  test("still watches what is running", async () => {
    const { connect, send, clock } = open();
    const connectionId = await connect({ tokenExpiresAt: clock.now() / 1000 + 60 });
    await send(connectionId, { id: "r1", action: "generate_report", payload: { start: "x" } });
    await clock.advance(60_000);
    expect(await send(connectionId, { type: "subscribe", request_id: "r1" })).toMatchObject({ type: "subscribed", status: "pending" });
    expect(await send(connectionId, { type: "ping" })).toEqual({ type: "pong" });
  });
});

describe("an action's permissions", () => {
  test("are needed all; what is missing is named", async () => {
    const { connect, send, deps, tenantId } = open();
    const refused = (missing: readonly string[]) => ({
      type: "error",
      request_id: "p1",
      error: { code: "FORBIDDEN", details: { missing } },
    });
    expect(await send(await connect(), purge)).toMatchObject(refused(["reports:write", "reports:purge"]));
    expect(await send(await connect({ permissions: ["reports:write"] }), purge)).toMatchObject(refused(["reports:purge"]));
    expect(await send(await connect({ permissions: ["reports:*", "REPORTS:PURGE"] }), purge)).toMatchObject(
      refused(["reports:write", "reports:purge"]),
    );
    expect(await deps.requests.getConsistent({ tenantId, requestId: "p1" })).toBeUndefined();
  });

  test("let in who has them", async () => {
    const { connect, send } = open();
    const connectionId = await connect({ permissions: ["reports:purge", "other", "reports:write"] });
    expect(await send(connectionId, purge)).toMatchObject({ type: "acknowledgment" });
  });
});

describe("an app's own middleware", () => {
  const noting =
    (name: string, ran: string[]): Middleware =>
    async (_, next) => {
      ran.push(`${name} before`);
      const reply = await next();
      ran.push(`${name} after`);
      return reply;
    };

  test("runs around each request in its order", async () => {
    const steps: string[] = [];
    const { connect, send, ran } = open([noting("first", steps), noting("second", steps)]);
    await send(await connect(), echo);
    expect(steps).toEqual(["first before", "second before", "second after", "first after"]);
    expect(ran).toEqual(["handler"]);
  });

  test("runs after the router's own checks, and for requests only", async () => {
    const steps: string[] = [];
    const { connect, send } = open([noting("mine", steps)]);
    const connectionId = await connect();
    await send(connectionId, purge);
    await send(connectionId, { id: "x", action: "nothing" });
    await send(connectionId, { type: "ping" });
    expect(steps).toEqual([]);
  });

  test("sees the action, the id and who asks, before the payload is looked at", async () => {
    const seen: unknown[] = [];
    const { connect, send } = open([
      ({ action, requestId, connection, message }, next) => {
        seen.push([action.name, requestId, connection.userId, message.payload]);
        return next();
      },
    ]);
    await send(await connect(), { ...echo, payload: { message: 5 } });
    expect(seen).toEqual([["echo", "e1", "u1", { message: 5 }]]);
  });

  test("may answer by itself", async () => {
    const { connect, send, ran } = open([
      ({ requestId }) => Promise.resolve({ type: "response", request_id: requestId, success: true, data: "cached" }),
    ]);
    expect(await send(await connect(), echo)).toMatchObject({ data: "cached" });
    expect(ran).toEqual([]);
  });

  test("may refuse", async () => {
    const { connect, send, ran } = open([() => Promise.reject(new RateLimitedError({ details: { retry_after: 3 } }))]);
    const error = { code: "RATE_LIMITED", message: "Too many messages.", retryable: true, details: { retry_after: 3 } };
    expect(await send(await connect(), echo)).toEqual({ type: "error", request_id: "e1", error });
    expect(ran).toEqual([]);
  });

  test.each<[string, Middleware]>([
    [
      "throws",
      () => {
        throw new Error("SECRET");
      },
    ],
    ["rejects", () => Promise.reject(new Error("SECRET"))],
    ["gives what is no message", () => Promise.resolve({ type: "shout" } as never)],
  ])("that %s is answered with INTERNAL_ERROR", async (_, middleware) => {
    const { connect, send } = open([middleware]);
    const error = { code: "INTERNAL_ERROR", message: "Something went wrong on the server.", retryable: true };
    expect(await send(await connect(), echo)).toEqual({ type: "error", request_id: "e1", error });
  });
});
