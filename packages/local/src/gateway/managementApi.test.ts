import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { describe, expect, it } from "vitest";
import { connect } from "./testing/testClient.ts";
import type { TestClient } from "./testing/testClient.ts";
import { startTestGateway } from "./testing/testGateway.ts";
import type { TestGateway, TestGatewayOptions } from "./testing/testGateway.ts";

const KB = 1024;

interface ManagedGateway extends TestGateway {
  readonly api: ApiGatewayManagementApiClient;
}

async function startManagedGateway(options?: TestGatewayOptions): Promise<ManagedGateway> {
  const stack = await startTestGateway(options);
  const api = new ApiGatewayManagementApiClient({
    endpoint: stack.gateway.managementEndpoint,
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  const dispose = async (): Promise<void> => {
    api.destroy();
    await stack.gateway.close();
  };
  return Object.assign(stack, { api, [Symbol.asyncDispose]: dispose });
}

async function connectWithId(stack: TestGateway): Promise<{ client: TestClient; ConnectionId: string }> {
  const client = await connect(stack.gateway.websocketUrl, { headers: { "User-Agent": "tests" } });
  const { requestContext } = await stack.nextEvent("$connect");
  return { client, ConnectionId: requestContext.connectionId };
}

describe("PostToConnection", () => {
  it("sends a text message to the one connection, whose id needs URL encoding", async () => {
    await using stack = await startManagedGateway();
    const { client, ConnectionId } = await connectWithId(stack);
    const other = await connectWithId(stack);
    expect(ConnectionId).toMatch(/[/+=]/);
    await stack.api.send(new PostToConnectionCommand({ ConnectionId, Data: "hällo" }));
    await stack.api.send(new PostToConnectionCommand({ ConnectionId: other.ConnectionId, Data: "other" }));
    expect(await client.next()).toBe("hällo");
    expect(await other.client.next()).toBe("other");
    expect([client.rest, other.client.rest]).toEqual([[], []]);
  });

  it("takes 128 KB, and throws PayloadTooLargeException for more, also for much more", async () => {
    await using stack = await startManagedGateway();
    const { client, ConnectionId } = await connectWithId(stack);
    const post = (sizeBytes: number): Promise<unknown> =>
      stack.api.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.alloc(sizeBytes, "x") }));
    await post(128 * KB);
    expect((await client.next()).length).toBe(128 * KB);
    const tooLarge = { name: "PayloadTooLargeException", $metadata: { httpStatusCode: 413 } };
    await expect(post(128 * KB + 1)).rejects.toMatchObject(tooLarge);
    await expect(post(8 * KB * KB)).rejects.toMatchObject(tooLarge);
    expect(client.rest).toEqual([]);
  });

  it("throws GoneException for a connection that never was", async () => {
    await using stack = await startManagedGateway();
    const post = stack.api.send(new PostToConnectionCommand({ ConnectionId: "no/such=", Data: "x" }));
    await expect(post).rejects.toMatchObject({ name: "GoneException", $metadata: { httpStatusCode: 410 } });
  });

  it("throws GoneException for a connection that was closed", async () => {
    await using stack = await startManagedGateway();
    const { client, ConnectionId } = await connectWithId(stack);
    client.socket.close();
    await stack.nextEvent("$disconnect");
    const post = stack.api.send(new PostToConnectionCommand({ ConnectionId, Data: "x" }));
    await expect(post).rejects.toMatchObject({ name: "GoneException" });
  });

  it("throws GoneException while $connect runs, for its own connection", async () => {
    const agree = Promise.withResolvers<unknown>();
    await using stack = await startManagedGateway({ handlers: { $connect: () => agree.promise } });
    const connecting = connect(stack.gateway.websocketUrl);
    const { requestContext } = await stack.nextEvent("$connect");
    const post = () => stack.api.send(new PostToConnectionCommand({ ConnectionId: requestContext.connectionId, Data: "x" }));
    await expect(post()).rejects.toMatchObject({ name: "GoneException" });
    agree.resolve({ statusCode: 200 });
    const client = await connecting;
    await post();
    expect(await client.next()).toBe("x");
  });

  it("throws LimitExceededException when the client does not read, and works again when it does", async () => {
    await using stack = await startManagedGateway();
    const { client, ConnectionId } = await connectWithId(stack);
    const post = () => stack.api.send(new PostToConnectionCommand({ ConnectionId, Data: Buffer.alloc(128 * KB, "x") }));
    client.socket.pause();
    let sent = 0;
    const fill = async (): Promise<void> => {
      for (; sent < 1000; sent += 1) await post();
    };
    await expect(fill()).rejects.toMatchObject({ name: "LimitExceededException", $metadata: { httpStatusCode: 429 } });
    expect(sent).toBeGreaterThan(8);
    client.socket.resume();
    for (let read = 0; read < sent; read += 1) await client.next();
    await post();
    expect((await client.next()).length).toBe(128 * KB);
  });

  it("resets the idle time", async () => {
    await using stack = await startManagedGateway({ limits: { idleTimeoutMs: 1000 } });
    const { client, ConnectionId } = await connectWithId(stack);
    await stack.clock.advance(999);
    await stack.api.send(new PostToConnectionCommand({ ConnectionId, Data: "x" }));
    await stack.clock.advance(999);
    await stack.api.send(new PostToConnectionCommand({ ConnectionId, Data: "y" }));
    expect([await client.next(), await client.next()]).toEqual(["x", "y"]);
  });
});

describe("GetConnection", () => {
  it("tells when the connection was made and last used, and by whom", async () => {
    await using stack = await startManagedGateway();
    const { client, ConnectionId } = await connectWithId(stack);
    await stack.clock.advance(2500);
    client.socket.send("x");
    await client.next();
    await stack.clock.advance(1000);
    expect(await stack.api.send(new GetConnectionCommand({ ConnectionId }))).toMatchObject({
      ConnectedAt: new Date("2026-01-01T00:00:00.000Z"),
      LastActiveAt: new Date("2026-01-01T00:00:02.500Z"),
      Identity: { SourceIp: "127.0.0.1", UserAgent: "tests" },
    });
  });

  it("throws GoneException for an unknown connection", async () => {
    await using stack = await startManagedGateway();
    const get = stack.api.send(new GetConnectionCommand({ ConnectionId: "unknown" }));
    await expect(get).rejects.toMatchObject({ name: "GoneException" });
  });
});

describe("DeleteConnection", () => {
  it("closes the connection with 1000, after which it is gone", async () => {
    await using stack = await startManagedGateway();
    const { client, ConnectionId } = await connectWithId(stack);
    await stack.api.send(new DeleteConnectionCommand({ ConnectionId }));
    await expect(stack.api.send(new DeleteConnectionCommand({ ConnectionId }))).rejects.toMatchObject({ name: "GoneException" });
    expect(await client.closed).toEqual({ code: 1000, reason: "Connection Closed Normally" });
    const { requestContext } = await stack.nextEvent("$disconnect");
    expect(requestContext).toMatchObject({ disconnectStatusCode: 1000, disconnectReason: "Connection Closed Normally" });
  });
});

describe("the management API", () => {
  it.each([{}, { Authorization: "Bearer abc" }, { Authorization: "AWS4-HMAC-SHA256 Credential=x" }])(
    "answers 403 ForbiddenException to a request with the headers %j, which is not signed",
    async (headers: Record<string, string>) => {
      await using stack = await startManagedGateway();
      const { client, ConnectionId } = await connectWithId(stack);
      const url = `${stack.gateway.managementEndpoint}/@connections/${encodeURIComponent(ConnectionId)}`;
      const response = await fetch(url, { method: "POST", body: "x", headers });
      expect(response.status).toBe(403);
      expect(response.headers.get("x-amzn-errortype")).toBe("ForbiddenException");
      expect(await response.json()).toEqual({ __type: "ForbiddenException", message: "Forbidden" });
      expect(client.rest).toEqual([]);
    },
  );

  it("makes the SDK throw ForbiddenException for what is not signed", async () => {
    await using stack = await startManagedGateway();
    const unsigned = new ApiGatewayManagementApiClient({
      endpoint: stack.gateway.managementEndpoint,
      region: "local",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      signer: { sign: (request) => Promise.resolve(request) },
    });
    const { ConnectionId } = await connectWithId(stack);
    const post = unsigned.send(new PostToConnectionCommand({ ConnectionId, Data: "x" }));
    await expect(post).rejects.toMatchObject({ name: "ForbiddenException", $metadata: { httpStatusCode: 403 } });
    unsigned.destroy();
  });

  it.each(["@connections", "@connections/a/b", "other", ""])("answers 403 on the path /local/%s, also beside a fallback", async (path) => {
    await using stack = await startManagedGateway({ fallback: (_request, response) => void response.end("console") });
    const response = await fetch(`${stack.gateway.managementEndpoint}/${path}`);
    expect(response.status).toBe(403);
  });

  it("does not fall over an id that cannot be decoded", async () => {
    await using stack = await startManagedGateway();
    const response = await fetch(`${stack.gateway.managementEndpoint}/@connections/%E0%A4`, {
      headers: {
        Authorization: `AWS4-HMAC-SHA256 Credential=a/20260101/local/execute-api/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`,
      },
    });
    expect(response.status).toBe(410);
    expect(stack.log).toEqual([]);
  });
});
