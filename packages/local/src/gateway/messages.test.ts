import { describe, expect, it } from "vitest";
import { connect } from "./testing/testClient.ts";
import { startTestGateway } from "./testing/testGateway.ts";

const KB = 1024;

describe("$default", () => {
  it("gets the event of API Gateway", async () => {
    await using stack = await startTestGateway();
    const client = await connect(stack.gateway.websocketUrl);
    const connected = await stack.nextEvent("$connect");
    await stack.clock.advance(1500);
    client.socket.send('{"action":"écho"}');

    const { connectionId } = connected.requestContext;
    expect(await stack.nextEvent("$default")).toEqual({
      requestContext: {
        routeKey: "$default",
        eventType: "MESSAGE",
        messageId: "L0S/M9+c3=",
        connectionId,
        requestId: "L0S/M9+c4=",
        extendedRequestId: "L0S/M9+c4=",
        connectedAt: Date.UTC(2026, 0, 1),
        requestTime: "01/Jan/2026:00:00:01 +0000",
        requestTimeEpoch: Date.UTC(2026, 0, 1) + 1500,
        messageDirection: "IN",
        stage: "local",
        apiId: "local",
        domainName: `127.0.0.1:${stack.gateway.port}`,
        identity: { sourceIp: "127.0.0.1" },
      },
      body: '{"action":"écho"}',
      isBase64Encoded: false,
    });
  });

  it("answers with the body its function returned, as text", async () => {
    await using stack = await startTestGateway();
    const client = await connect(stack.gateway.websocketUrl);
    client.socket.send("hällo");
    expect(await client.next()).toBe("hällo");
  });

  it.each([{ statusCode: 200 }, { statusCode: 200, body: "" }, { statusCode: 204, body: null }])(
    "says nothing when its function returned %j",
    async (returned) => {
      await using stack = await startTestGateway({
        handlers: { $default: ({ body }) => (body === "quiet" ? returned : { statusCode: 200, body }) },
      });
      const client = await connect(stack.gateway.websocketUrl);
      client.socket.send("quiet");
      client.socket.send("loud");
      expect(await client.next()).toBe("loud");
      client.socket.close();
      await client.closed;
      expect(client.rest).toEqual([]);
    },
  );

  it("sends the body of a well-formed response of any status", async () => {
    await using stack = await startTestGateway({ handlers: { $default: () => ({ statusCode: 500, body: "sorry" }) } });
    const client = await connect(stack.gateway.websocketUrl);
    client.socket.send("x");
    expect(await client.next()).toBe("sorry");
  });

  it("answers with a gateway frame when its function fails", async () => {
    await using stack = await startTestGateway({ handlers: { $default: () => Promise.reject(new RangeError("secret")) } });
    const client = await connect(stack.gateway.websocketUrl);
    client.socket.send("x");
    const { requestContext } = await stack.nextEvent("$default");
    expect(JSON.parse(await client.next())).toEqual({
      message: "Internal server error",
      connectionId: requestContext.connectionId,
      requestId: requestContext.requestId,
    });
    expect(stack.log).toEqual([expect.stringContaining('"error":"RangeError"')]);
    expect(stack.log.join()).not.toContain("secret");
  });

  it.each([undefined, null, "text", [], { body: "x" }, { statusCode: 200.5 }, { statusCode: 600 }, { statusCode: 200, body: { a: 1 } }])(
    "answers with a gateway frame when its function returns %j, which is no proxy response",
    async (returned) => {
      await using stack = await startTestGateway({ handlers: { $default: () => returned } });
      const client = await connect(stack.gateway.websocketUrl);
      client.socket.send("x");
      expect(JSON.parse(await client.next())).toMatchObject({ message: "Internal server error" });
    },
  );

  it("answers with a gateway frame after 29 seconds, and drops what the function returns later", async () => {
    const late = Promise.withResolvers<unknown>();
    await using stack = await startTestGateway({
      handlers: { $default: ({ body }) => (body === "slow" ? late.promise : { statusCode: 200, body }) },
    });
    const client = await connect(stack.gateway.websocketUrl);
    client.socket.send("slow");
    const { requestContext } = await stack.nextEvent("$default");
    await stack.clock.advance(28_999);
    expect(stack.log).toEqual([]);
    await stack.clock.advance(1);
    expect(JSON.parse(await client.next())).toEqual({
      message: "Endpoint request timed out",
      connectionId: requestContext.connectionId,
      requestId: requestContext.requestId,
    });
    late.resolve({ statusCode: 200, body: "too late" });
    client.socket.send("next");
    expect(await client.next()).toBe("next");
  });

  it("runs the messages of one connection side by side", async () => {
    const slow = Promise.withResolvers<unknown>();
    await using stack = await startTestGateway({
      handlers: { $default: ({ body }) => (body === "first" ? slow.promise : { statusCode: 200, body }) },
    });
    const client = await connect(stack.gateway.websocketUrl);
    client.socket.send("first");
    client.socket.send("second");
    expect(await client.next()).toBe("second");
    slow.resolve({ statusCode: 200, body: "first" });
    expect(await client.next()).toBe("first");
  });

  it("answers with up to 128 KB, counted in bytes, and with a gateway frame instead of more", async () => {
    const bodies: Record<string, string> = { fits: "é".repeat(64 * KB), tooLarge: `${"é".repeat(64 * KB)}x` };
    await using stack = await startTestGateway({ handlers: { $default: ({ body = "" }) => ({ statusCode: 200, body: bodies[body] }) } });
    const client = await connect(stack.gateway.websocketUrl);
    client.socket.send("fits");
    expect(await client.next()).toBe(bodies["fits"]);
    client.socket.send("tooLarge");
    expect(JSON.parse(await client.next())).toMatchObject({ message: "Internal server error" });
  });

  it("drops the answer for a client that has left, and leaves no timer behind", async () => {
    const slow = Promise.withResolvers<unknown>();
    await using stack = await startTestGateway({ handlers: { $default: () => slow.promise } });
    const client = await connect(stack.gateway.websocketUrl);
    client.socket.send("x");
    await stack.nextEvent("$default");
    client.socket.terminate();
    await stack.nextEvent("$disconnect");
    slow.resolve({ statusCode: 200, body: "y" });
    await stack.gateway.close();
    expect(stack.clock.pending).toBe(0);
    expect(stack.log).toEqual([]);
  });
});

describe("$disconnect", () => {
  it("gets the event of API Gateway", async () => {
    await using stack = await startTestGateway();
    const client = await connect(stack.gateway.websocketUrl, { headers: { "User-Agent": "tests" } });
    const connected = await stack.nextEvent("$connect");
    client.socket.close();
    const domainName = `127.0.0.1:${stack.gateway.port}`;
    expect(await stack.nextEvent("$disconnect")).toEqual({
      headers: { Host: domainName, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": "" },
      multiValueHeaders: { Host: [domainName], "x-api-key": [""], "X-Forwarded-For": [""], "x-restapi": [""] },
      requestContext: {
        ...connected.requestContext,
        routeKey: "$disconnect",
        eventType: "DISCONNECT",
        disconnectStatusCode: 1005,
        disconnectReason: "Client-side close frame status not set",
        requestId: "L0S/M9+c3=",
        extendedRequestId: "L0S/M9+c3=",
      },
      isBase64Encoded: false,
    });
    expect(stack.gateway.connectionCount).toBe(0);
  });

  it("is told the client's own code and reason", async () => {
    await using stack = await startTestGateway();
    const client = await connect(stack.gateway.websocketUrl);
    client.socket.close(4321, "bye");
    const { requestContext } = await stack.nextEvent("$disconnect");
    expect(requestContext).toMatchObject({ disconnectStatusCode: 4321, disconnectReason: "bye" });
  });

  it("is told 1006 when the socket broke", async () => {
    await using stack = await startTestGateway();
    const client = await connect(stack.gateway.websocketUrl);
    client.socket.terminate();
    const { requestContext } = await stack.nextEvent("$disconnect");
    expect(requestContext).toMatchObject({ disconnectStatusCode: 1006, disconnectReason: "Connection Closed Abnormally" });
  });

  it("may fail: that is logged and nothing else happens", async () => {
    await using stack = await startTestGateway({ handlers: { $disconnect: () => Promise.reject(new Error("no table")) } });
    const client = await connect(stack.gateway.websocketUrl);
    client.socket.close();
    await stack.nextEvent("$disconnect");
    await expect.poll(() => stack.log).toEqual([expect.stringMatching(/^\$disconnect: the function failed/)]);
  });
});
