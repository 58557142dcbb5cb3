import { describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { clientFrame, connect, requestUpgrade } from "./testing/testClient.ts";
import { startTestGateway } from "./testing/testGateway.ts";

const KB = 1024;

function sendFragments(socket: WebSocket, fragments: readonly string[]): void {
  fragments.forEach((fragment, index) => socket.send(fragment, { fin: index === fragments.length - 1 }));
}

describe("a client frame", () => {
  it("of 32 KB is delivered", async () => {
    await using stack = await startTestGateway();
    const client = await connect(stack.gateway.websocketUrl);
    const text = "x".repeat(32 * KB);
    client.socket.send(text);
    expect(await stack.nextEvent("$default")).toMatchObject({ body: text });
  });

  it.each([32 * KB + 1, 33 * KB, 70 * KB, 128 * KB, 200 * KB])("of %i bytes closes with 1009 before any function runs", async (size) => {
    await using stack = await startTestGateway();
    const client = await connect(stack.gateway.websocketUrl);
    client.socket.send("x".repeat(size));
    expect(await client.closed).toEqual({ code: 1009, reason: "Message too big" });
    const { requestContext } = await stack.nextEvent("$disconnect");
    expect(requestContext).toMatchObject({ disconnectStatusCode: 1009, disconnectReason: "Message too big" });
    expect(stack.countOf("$default")).toBe(0);
  });

  it("over the limit does not take back the messages before it, and stops those after it", async () => {
    await using stack = await startTestGateway();
    const { socket } = await requestUpgrade(stack.gateway.websocketUrl);
    // One chunk: all are there before the first is looked at.
    socket?.write(Buffer.concat([clientFrame("before"), clientFrame("x".repeat(33 * KB)), clientFrame("after")]));
    expect(await stack.nextEvent("$default")).toMatchObject({ body: "before" });
    socket?.destroy();
    await stack.nextEvent("$disconnect");
    expect(stack.countOf("$default")).toBe(1);
  });

  it("over the limit inside a fragmented message closes with 1009", async () => {
    await using stack = await startTestGateway();
    const client = await connect(stack.gateway.websocketUrl);
    sendFragments(client.socket, ["x", "y".repeat(33 * KB), "z"]);
    expect(await client.closed).toMatchObject({ code: 1009 });
    expect(stack.countOf("$default")).toBe(0);
  });
});

describe("a fragmented message", () => {
  it("of 3 × 30 KB is delivered whole", async () => {
    await using stack = await startTestGateway();
    const client = await connect(stack.gateway.websocketUrl);
    const fragments = ["a", "b", "c"].map((letter) => letter.repeat(30 * KB));
    sendFragments(client.socket, fragments);
    expect(await stack.nextEvent("$default")).toMatchObject({ body: fragments.join("") });
  });

  it("of 4 × 32 KB, the most there is, is delivered whole", async () => {
    await using stack = await startTestGateway();
    const client = await connect(stack.gateway.websocketUrl);
    const fragments = ["a", "b", "c", "d"].map((letter) => letter.repeat(32 * KB));
    sendFragments(client.socket, fragments);
    expect(await stack.nextEvent("$default")).toMatchObject({ body: fragments.join("") });
  });

  it("of 5 × 30 KB closes with 1009", async () => {
    await using stack = await startTestGateway();
    const client = await connect(stack.gateway.websocketUrl);
    sendFragments(
      client.socket,
      Array.from({ length: 5 }, () => "x".repeat(30 * KB)),
    );
    expect(await client.closed).toMatchObject({ code: 1009 });
    const { requestContext } = await stack.nextEvent("$disconnect");
    expect(requestContext).toMatchObject({ disconnectStatusCode: 1009 });
    expect(stack.countOf("$default")).toBe(0);
  });
});

describe("what is no text", () => {
  it("closes with 1003 when it is binary", async () => {
    await using stack = await startTestGateway();
    const client = await connect(stack.gateway.websocketUrl);
    client.socket.send(Buffer.from("x"));
    expect(await client.closed).toMatchObject({ code: 1003 });
    expect((await stack.nextEvent("$disconnect")).requestContext).toMatchObject({ disconnectStatusCode: 1003 });
    expect(stack.countOf("$default")).toBe(0);
  });

  it.each([
    ["text that is not UTF-8", clientFrame(Buffer.from([0xff])), 1007],
    ["a continuation of nothing", clientFrame("x", { opcode: 0 }), 1002],
  ])("tells $disconnect why %s was not taken", async (_what, bytes, code) => {
    await using stack = await startTestGateway();
    const { socket } = await requestUpgrade(stack.gateway.websocketUrl);
    socket?.write(bytes);
    socket?.resume().on("end", () => socket.end());
    expect((await stack.nextEvent("$disconnect")).requestContext).toMatchObject({ disconnectStatusCode: code });
  });
});
