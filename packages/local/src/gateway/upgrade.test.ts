import { createConnection } from "node:net";
import { describe, expect, it } from "vitest";
import { clientFrame, connect, HANDSHAKE, requestUpgrade } from "./testing/testClient.ts";
import { startTestGateway } from "./testing/testGateway.ts";

describe("$connect", () => {
  it("gets the event of API Gateway", async () => {
    await using stack = await startTestGateway();
    const { port, websocketUrl } = stack.gateway;
    await connect(`${websocketUrl}?Authorization=a.b.c&tag=x&tag=y%20z`, { headers: { "User-Agent": "tests", "X-Custom": "1" } });

    const event = await stack.nextEvent("$connect");
    expect(event).toEqual({
      headers: {
        Host: `127.0.0.1:${port}`,
        "User-Agent": "tests",
        "X-Custom": "1",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": expect.stringMatching(/^.{22}==$/),
        "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Port": String(port),
        "X-Forwarded-Proto": "http",
      },
      multiValueHeaders: expect.objectContaining({ "User-Agent": ["tests"], "X-Custom": ["1"] }),
      queryStringParameters: { Authorization: "a.b.c", tag: "y z" },
      multiValueQueryStringParameters: { Authorization: ["a.b.c"], tag: ["x", "y z"] },
      requestContext: {
        routeKey: "$connect",
        eventType: "CONNECT",
        connectionId: "L0S/M9+c1=",
        requestId: "L0S/M9+c2=",
        extendedRequestId: "L0S/M9+c2=",
        connectedAt: Date.UTC(2026, 0, 1),
        requestTime: "01/Jan/2026:00:00:00 +0000",
        requestTimeEpoch: Date.UTC(2026, 0, 1),
        messageDirection: "IN",
        stage: "local",
        apiId: "local",
        domainName: `127.0.0.1:${port}`,
        identity: { sourceIp: "127.0.0.1", userAgent: "tests" },
      },
      isBase64Encoded: false,
    });
  });

  it("gets null for a query that is not there, and no user agent that was not sent", async () => {
    await using stack = await startTestGateway();
    await connect(stack.gateway.websocketUrl);
    const event = await stack.nextEvent("$connect");
    expect(event).toMatchObject({ queryStringParameters: null, multiValueQueryStringParameters: null });
    expect(event.requestContext.identity).toEqual({ sourceIp: "127.0.0.1" });
  });

  it("gets well-known headers in their usual spelling and all values of a repeated one", async () => {
    await using stack = await startTestGateway();
    const { socket } = await requestUpgrade(stack.gateway.websocketUrl, { "sec-websocket-protocol": "a", "x-lower": ["1", "2"] });
    const event = await stack.nextEvent("$connect");
    expect(event.headers).toMatchObject({ "Sec-WebSocket-Protocol": "a", "x-lower": "2" });
    expect(event.multiValueHeaders).toMatchObject({ "Sec-WebSocket-Protocol": ["a"], "x-lower": ["1", "2"] });
    socket?.destroy();
  });

  it.each([400, 401, 403, 500])("refuses the upgrade with its own status %i", async (statusCode) => {
    await using stack = await startTestGateway({ handlers: { $connect: () => ({ statusCode, body: "no" }) } });
    const { response } = await requestUpgrade(stack.gateway.websocketUrl);
    expect(response.statusCode).toBe(statusCode);
    expect(stack.gateway.connectionCount).toBe(0);
  });

  it.each([
    undefined,
    null,
    "ok",
    {},
    { statusCode: "200" },
    { statusCode: 101 },
    { statusCode: 200, body: {} },
    { statusCode: 200, headers: 1 },
  ])("refuses with 500 when the function returns %j", async (returned) => {
    await using stack = await startTestGateway({ handlers: { $connect: () => returned } });
    const { response } = await requestUpgrade(stack.gateway.websocketUrl);
    expect(response.statusCode).toBe(500);
  });

  it("refuses with 500 when the function fails, and logs no text of the error", async () => {
    await using stack = await startTestGateway({ handlers: { $connect: () => Promise.reject(new TypeError("secret token")) } });
    const { response } = await requestUpgrade(stack.gateway.websocketUrl);
    expect(response.statusCode).toBe(500);
    expect(stack.log).toHaveLength(1);
    expect(stack.log[0]).toMatch(/^\$connect: the function failed .*"error":"TypeError"/);
    expect(stack.log[0]).not.toContain("secret");
  });

  it("refuses with 500 when the function is late", async () => {
    await using stack = await startTestGateway({ handlers: { $connect: () => new Promise(() => {}) }, limits: { closeGraceMs: 20 } });
    const refused = requestUpgrade(stack.gateway.websocketUrl);
    await stack.nextEvent("$connect");
    await stack.clock.advance(29_000);
    expect((await refused).response.statusCode).toBe(500);
  });

  it("sends no $disconnect for a refused connection, also when the client has left meanwhile", async () => {
    const answers = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()];
    const [leaver, stayer] = answers;
    await using stack = await startTestGateway({ handlers: { $connect: () => answers.shift()?.promise } });
    const abort = new AbortController();
    const leaving = requestUpgrade(stack.gateway.websocketUrl, {}, abort.signal);
    await stack.nextEvent("$connect");
    abort.abort();
    await expect(leaving).rejects.toThrow("aborted");
    leaver?.resolve({ statusCode: 403 });

    stayer?.resolve({ statusCode: 200 });
    const other = await connect(stack.gateway.websocketUrl);
    const connected = await stack.nextEvent("$connect");
    other.socket.close();
    const disconnected = await stack.nextEvent("$disconnect");
    expect(disconnected.requestContext.connectionId).toBe(connected.requestContext.connectionId);
    expect(stack.countOf("$disconnect")).toBe(1);
  });

  it("is followed by $disconnect with 1006 when it succeeded and the client has left meanwhile", async () => {
    const agree = Promise.withResolvers<unknown>();
    await using stack = await startTestGateway({ handlers: { $connect: () => agree.promise } });
    const abort = new AbortController();
    const leaving = requestUpgrade(stack.gateway.websocketUrl, {}, abort.signal);
    const connected = await stack.nextEvent("$connect");
    abort.abort();
    await expect(leaving).rejects.toThrow("aborted");
    agree.resolve({ statusCode: 200 });

    const { requestContext } = await stack.nextEvent("$disconnect");
    expect(requestContext).toMatchObject({ connectionId: connected.requestContext.connectionId, disconnectStatusCode: 1006 });
    await expect.poll(() => stack.gateway.connectionCount).toBe(0);
  });
});

describe("the upgrade", () => {
  it.each(["/", "/other", "/local/", "/local/x", "/locals"])("is refused with 403 on the path %s, without a function", async (path) => {
    await using stack = await startTestGateway();
    const { response } = await requestUpgrade(`http://127.0.0.1:${stack.gateway.port}${path}`);
    expect(response.statusCode).toBe(403);
    expect(stack.countOf("$connect")).toBe(0);
  });

  it.each([{ "Sec-WebSocket-Key": "short" }, { "Sec-WebSocket-Version": "7" }])(
    "is refused with 400 for the handshake %j, without a function",
    async (headers) => {
      await using stack = await startTestGateway();
      const { response } = await requestUpgrade(stack.gateway.websocketUrl, headers);
      expect(response.statusCode).toBe(400);
      expect(stack.countOf("$connect")).toBe(0);
    },
  );

  it("echoes the subprotocol that $connect returned, whatever the spelling of its header", async () => {
    const headers = { "sec-WEBSOCKET-protocol": "streamer.v1" };
    await using stack = await startTestGateway({ handlers: { $connect: () => ({ statusCode: 200, headers }) } });
    const client = await connect(stack.gateway.websocketUrl, { protocols: ["streamer.jwt.abc", "streamer.v1"] });
    expect(client.socket.protocol).toBe("streamer.v1");
  });

  it("takes the subprotocol from multiValueHeaders too", async () => {
    const multiValueHeaders = { "Sec-WebSocket-Protocol": ["streamer.v1"] };
    await using stack = await startTestGateway({ handlers: { $connect: () => ({ statusCode: 204, multiValueHeaders }) } });
    const client = await connect(stack.gateway.websocketUrl, { protocols: ["streamer.v1"] });
    expect(client.socket.protocol).toBe("streamer.v1");
  });

  it("completes without a subprotocol when $connect returned none, which clients that offered one refuse", async () => {
    await using stack = await startTestGateway();
    await expect(connect(stack.gateway.websocketUrl, { protocols: ["streamer.v1"] })).rejects.toThrow("no subprotocol");
    expect(stack.log).toEqual([]);
  });

  it("is not done for other protocols than WebSocket: their offer is ignored", async () => {
    await using stack = await startTestGateway({ fallback: (_request, response) => void response.writeHead(204).end() });
    const { response } = await requestUpgrade(`http://127.0.0.1:${stack.gateway.port}/`, { Upgrade: "h2c" });
    expect(response.statusCode).toBe(204);
  });

  it("offers no compression", async () => {
    await using stack = await startTestGateway();
    const client = await connect(stack.gateway.websocketUrl);
    expect(client.socket.extensions).toBe("");
  });

  it("keeps the connection out of the count until $connect returned", async () => {
    const agree = Promise.withResolvers<unknown>();
    await using stack = await startTestGateway({ handlers: { $connect: () => agree.promise } });
    const connecting = connect(stack.gateway.websocketUrl);
    await stack.nextEvent("$connect");
    expect(stack.gateway.connectionCount).toBe(0);
    agree.resolve({ statusCode: 200 });
    await connecting;
    expect(stack.gateway.connectionCount).toBe(1);
  });

  it("delivers a message that came with the bytes of the handshake", async () => {
    await using stack = await startTestGateway();
    const socket = createConnection(stack.gateway.port, "127.0.0.1");
    const headers = Object.entries({ Host: "localhost", ...HANDSHAKE }).map(([name, value]) => `${name}: ${value}`);
    socket.write(Buffer.concat([Buffer.from(["GET /local HTTP/1.1", ...headers, "", ""].join("\r\n")), clientFrame("early")]));
    expect(await stack.nextEvent("$default")).toMatchObject({ body: "early" });
    socket.destroy();
  });
});
