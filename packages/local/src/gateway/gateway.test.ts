import { describe, expect, it } from "vitest";
import { systemClock } from "@streamer/protocol";
import { NotLoopbackError, PortTakenError, startGateway } from "./gateway.ts";
import type { Gateway } from "./gateway.ts";
import { clientFrame, connect, requestUpgrade } from "./testing/testClient.ts";
import { startTestGateway } from "./testing/testGateway.ts";

describe("a gateway that starts", () => {
  it("names its URLs and counts its connections", async () => {
    await using stack = await startTestGateway({ stage: "dev", host: "localhost" });
    const { gateway } = stack;
    expect(gateway.websocketUrl).toBe(`ws://localhost:${gateway.port}/dev`);
    expect(gateway.managementEndpoint).toBe(`http://localhost:${gateway.port}/dev`);
    const clients = await Promise.all([1, 2, 3].map(() => connect(gateway.websocketUrl)));
    expect(gateway.connectionCount).toBe(3);
    clients[0]?.socket.close();
    await stack.nextEvent("$disconnect");
    expect(gateway.connectionCount).toBe(2);
  });

  it("says which port is taken and what to do", async () => {
    await using stack = await startTestGateway();
    const { port } = stack.gateway;
    const second = startTestGateway({ port });
    await expect(second).rejects.toBeInstanceOf(PortTakenError);
    await expect(second).rejects.toThrow(`Port ${port} on 127.0.0.1 is already in use. Choose another with --port.`);
  });

  it.each(["0.0.0.0", "::", "192.168.1.2", "example.com", "127.evil.com"])("refuses to listen on %s", async (host) => {
    await expect(startTestGateway({ host })).rejects.toBeInstanceOf(NotLoopbackError);
  });

  it("runs on the system's clock", async () => {
    const route = (): Promise<unknown> => Promise.resolve({ statusCode: 200 });
    const routes = { $connect: route, $default: route, $disconnect: route };
    const logger = { warn() {}, error() {} };
    const limits = { idleTimeoutMs: 30 };
    const gateway = await startGateway({ routes, port: 0, clock: systemClock, newId: () => crypto.randomUUID(), limits, logger });
    const client = await connect(gateway.websocketUrl);
    expect(await client.closed).toMatchObject({ code: 1001 });
    await gateway.close();
  });
});

describe("plain HTTP", () => {
  it("goes to the fallback beside the stage's path", async () => {
    await using stack = await startTestGateway({ fallback: (request, response) => void response.end(`console ${request.url}`) });
    const response = await fetch(`http://127.0.0.1:${stack.gateway.port}/page?x=1`);
    expect(await response.text()).toBe("console /page?x=1");
  });

  it("gets 403 without a fallback", async () => {
    await using stack = await startTestGateway();
    const response = await fetch(`http://127.0.0.1:${stack.gateway.port}/`);
    expect(response.status).toBe(403);
  });

  it("gets 500 when the fallback fails, and the gateway goes on", async () => {
    await using stack = await startTestGateway({ fallback: () => Promise.reject(new Error("no page")) });
    const url = `http://127.0.0.1:${stack.gateway.port}/`;
    expect((await fetch(url)).status).toBe(500);
    expect((await fetch(url)).status).toBe(500);
    expect(stack.log).toHaveLength(2);
  });
});

describe("a gateway that closes", () => {
  it("closes its connections with 1001 and waits for their $disconnect", async () => {
    let finished = 0;
    const stack = await startTestGateway({
      handlers: {
        $disconnect: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          finished += 1;
        },
      },
    });
    const clients = await Promise.all([1, 2, 3].map(() => connect(stack.gateway.websocketUrl)));
    await stack.gateway.close();
    expect(finished).toBe(3);
    expect(stack.gateway.connectionCount).toBe(0);
    for (const client of clients) expect(await client.closed).toEqual({ code: 1001, reason: "Going away" });
    expect((await stack.nextEvent("$disconnect")).requestContext).toMatchObject({ disconnectStatusCode: 1001 });
  });

  it("waits for a running function", async () => {
    const slow = Promise.withResolvers<unknown>();
    const stack = await startTestGateway({ handlers: { $default: () => slow.promise } });
    const client = await connect(stack.gateway.websocketUrl);
    client.socket.send("x");
    await stack.nextEvent("$default");
    let closed = false;
    const closing = stack.gateway.close().then(() => (closed = true));
    await stack.nextEvent("$disconnect");
    expect(closed).toBe(false);
    slow.resolve({ statusCode: 200 });
    await closing;
    expect(stack.log).toEqual([]);
  });

  it("waits for a function whose client was told already that it is late", async () => {
    const slow = Promise.withResolvers<unknown>();
    const stack = await startTestGateway({ handlers: { $default: () => slow.promise } });
    const client = await connect(stack.gateway.websocketUrl);
    client.socket.send("x");
    await stack.nextEvent("$default");
    await stack.clock.advance(29_000);
    expect(await client.next()).toContain("timed out");
    client.socket.close();
    await stack.nextEvent("$disconnect");
    let closed = false;
    const closing = stack.gateway.close().then(() => (closed = true));
    // Without the function there is nothing left to wait for: closing would be done by the time a second gateway is.
    await (await startTestGateway()).gateway.close();
    expect(closed).toBe(false);
    slow.resolve({ statusCode: 200 });
    await closing;
  });

  it("ends a client that reads nothing and has closed its own half", async () => {
    const body = "x".repeat(128 * 1024);
    const stack = await startTestGateway({ handlers: { $default: () => ({ statusCode: 200, body }) }, limits: { closeGraceMs: 40 } });
    const { socket } = await requestUpgrade(stack.gateway.websocketUrl);
    socket?.pause();
    const messages = 200;
    socket?.end(Buffer.concat(Array.from({ length: messages }, () => clientFrame("more"))));
    for (let answered = 0; answered < messages; answered += 1) await stack.nextEvent("$default");
    // The gateway has seen the end when the connection is gone; its socket stays, as there is much to send.
    const { connectionId } = (await stack.nextEvent("$connect")).requestContext;
    await expect.poll(() => statusOfConnection(stack.gateway, connectionId)).toBe(410);
    expect(stack.gateway.connectionCount).toBe(1);
    await stack.gateway.close();
    expect(stack.gateway.connectionCount).toBe(0);
    expect((await stack.nextEvent("$disconnect")).requestContext).toMatchObject({ disconnectStatusCode: expect.any(Number) });
    socket?.destroy();
  });

  it("leaves no timer, and frees its port", async () => {
    const stack = await startTestGateway();
    await connect(stack.gateway.websocketUrl);
    await stack.gateway.close();
    expect(stack.clock.pending).toBe(0);
    await using successor = await startTestGateway({ port: stack.gateway.port });
    expect(successor.gateway.port).toBe(stack.gateway.port);
  });

  it("does not wait for ever: not for a function, a client that does not answer, a $connect or a fallback that never end", async () => {
    const never = new Promise<never>(() => {});
    const asked = Promise.withResolvers<void>();
    const stack = await startTestGateway({
      handlers: { $default: () => never, $connect: (event) => (event.headers?.["x-hang"] ? never : { statusCode: 200 }) },
      fallback() {
        asked.resolve();
        return never;
      },
      limits: { closeGraceMs: 40 },
    });
    const { websocketUrl, port } = stack.gateway;
    const client = await requestUpgrade(websocketUrl);
    client.socket?.write(clientFrame("x"));
    await stack.nextEvent("$default");
    client.socket?.pause();
    const pending = requestUpgrade(websocketUrl, { "x-hang": "1" });
    await stack.nextEvent("$connect");
    await stack.nextEvent("$connect");
    const page = fetch(`http://127.0.0.1:${port}/`).then(
      () => "answered",
      () => "cut off",
    );
    await asked.promise;

    await stack.gateway.close();
    expect(stack.clock.pending).toBe(0);
    expect((await pending).response.statusCode).toBe(500);
    expect(await page).toBe("cut off");
    expect((await stack.nextEvent("$disconnect")).requestContext).toMatchObject({ disconnectStatusCode: 1001 });
    expect(stack.log).toEqual([expect.stringMatching(/^Functions still run 40 ms/)]);
    client.socket?.destroy();
  });

  it("refuses a connection whose $connect succeeds only then, with 503, and tells $disconnect", async () => {
    const agree = Promise.withResolvers<unknown>();
    const stack = await startTestGateway({ handlers: { $connect: () => agree.promise } });
    const pending = requestUpgrade(stack.gateway.websocketUrl);
    await stack.nextEvent("$connect");
    const closing = stack.gateway.close();
    agree.resolve({ statusCode: 200 });
    expect((await pending).response.statusCode).toBe(503);
    expect((await stack.nextEvent("$disconnect")).requestContext).toMatchObject({ disconnectStatusCode: 1006 });
    await closing;
  });

  it("may be told twice", async () => {
    const stack = await startTestGateway();
    expect(stack.gateway.close()).toBe(stack.gateway.close());
    await stack.gateway.close();
    await expect(fetch(`http://127.0.0.1:${stack.gateway.port}/`)).rejects.toThrow("fetch failed");
  });
});

/** What GetConnection answers. */
async function statusOfConnection(gateway: Gateway, connectionId: string): Promise<number> {
  const signature = `Credential=a/20260101/local/execute-api/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;
  const response = await fetch(`${gateway.managementEndpoint}/@connections/${encodeURIComponent(connectionId)}`, {
    headers: { Authorization: `AWS4-HMAC-SHA256 ${signature}` },
  });
  await response.arrayBuffer();
  return response.status;
}

describe("a gateway under load", () => {
  it("carries a thousand connections and finds each by its id", { timeout: 20_000 }, async () => {
    await using stack = await startTestGateway();
    const clients = await Promise.all(Array.from({ length: 1000 }, () => connect(stack.gateway.websocketUrl)));
    expect(stack.gateway.connectionCount).toBe(1000);
    for (const [index, client] of clients.entries()) client.socket.send(String(index));
    const answers = await Promise.all(clients.map((client) => client.next()));
    expect(answers).toEqual(clients.map((_client, index) => String(index)));
    await stack.gateway.close();
    expect(stack.countOf("$disconnect")).toBe(1000);
  });
});
