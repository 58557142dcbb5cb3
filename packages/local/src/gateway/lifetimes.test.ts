import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { connect } from "./testing/testClient.ts";
import { startTestGateway } from "./testing/testGateway.ts";

const MINUTE_MS = 60_000;

describe("a silent connection", () => {
  it("is closed with 1001 after 10 minutes, not before", async () => {
    await using stack = await startTestGateway();
    const client = await connect(stack.gateway.websocketUrl);
    await stack.clock.advance(10 * MINUTE_MS - 1);
    client.socket.ping();
    await once(client.socket, "pong");
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    await stack.clock.advance(1);
    expect(await client.closed).toEqual({ code: 1001, reason: "Going away" });
    const { requestContext } = await stack.nextEvent("$disconnect");
    expect(requestContext).toMatchObject({ disconnectStatusCode: 1001, disconnectReason: "Going away" });
  });

  it("is silent although it pings: pings are answered and do not count", async () => {
    await using stack = await startTestGateway();
    const client = await connect(stack.gateway.websocketUrl);
    await stack.clock.advance(9 * MINUTE_MS);
    client.socket.ping("still here?");
    const [data] = (await once(client.socket, "pong")) as [Buffer];
    expect(data.toString()).toBe("still here?");
    await stack.clock.advance(MINUTE_MS);
    expect(await client.closed).toMatchObject({ code: 1001 });
  });

  it("is not silent when it sent a message", async () => {
    await using stack = await startTestGateway({ handlers: { $default: () => ({ statusCode: 200 }) } });
    const client = await connect(stack.gateway.websocketUrl);
    await stack.clock.advance(9 * MINUTE_MS);
    client.socket.send("x");
    await stack.nextEvent("$default");
    await stack.clock.advance(10 * MINUTE_MS - 1);
    expect(stack.gateway.connectionCount).toBe(1);
    client.socket.ping();
    await once(client.socket, "pong");
    await stack.clock.advance(1);
    expect(await client.closed).toMatchObject({ code: 1001 });
  });

  it("is not silent when it was answered", async () => {
    const slow = Promise.withResolvers<unknown>();
    await using stack = await startTestGateway({
      handlers: { $default: () => slow.promise },
      limits: { idleTimeoutMs: 2000 },
    });
    const client = await connect(stack.gateway.websocketUrl);
    client.socket.send("x");
    await stack.nextEvent("$default");
    await stack.clock.advance(1500);
    slow.resolve({ statusCode: 200, body: "answer" });
    expect(await client.next()).toBe("answer");
    await stack.clock.advance(1999);
    client.socket.ping();
    await once(client.socket, "pong");
    await stack.clock.advance(1);
    expect(await client.closed).toMatchObject({ code: 1001 });
  });
});

describe("a busy connection", () => {
  it("is closed with 1001 after 2 hours", async () => {
    await using stack = await startTestGateway();
    const client = await connect(stack.gateway.websocketUrl);
    for (let minute = 0; minute < 120; minute += 5) {
      client.socket.send(String(minute));
      expect(await client.next()).toBe(String(minute));
      await stack.clock.advance(5 * MINUTE_MS);
    }
    expect(await client.closed).toEqual({ code: 1001, reason: "Going away" });
  });
});

describe("many connections", () => {
  it("share one timer, and each ends in its own time", async () => {
    await using stack = await startTestGateway();
    const { websocketUrl } = stack.gateway;
    const early = await Promise.all(Array.from({ length: 20 }, () => connect(websocketUrl)));
    await stack.clock.advance(MINUTE_MS);
    const late = await Promise.all(Array.from({ length: 20 }, () => connect(websocketUrl)));
    expect(stack.clock.pending).toBe(1);

    await stack.clock.advance(9 * MINUTE_MS);
    await Promise.all(early.map(() => stack.nextEvent("$disconnect")));
    expect(stack.gateway.connectionCount).toBe(20);
    // The timeouts of the $disconnect functions go as soon as these have answered.
    await expect.poll(() => stack.clock.pending).toBe(1);

    await stack.clock.advance(MINUTE_MS);
    await Promise.all(late.map(() => stack.nextEvent("$disconnect")));
    expect(stack.gateway.connectionCount).toBe(0);
    await expect.poll(() => stack.clock.pending).toBe(0);
  });
});
