import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { createTestServer } from "./server/createTestServer.ts";
import { createTestToken } from "./server/testToken.ts";
import { createTestClient } from "./testClient.ts";

const JWT = createTestToken();

function setUp() {
  const clock = createFakeClock();
  const server = createTestServer({ clock });
  onTestFinished(() => server.close());
  const { url, WebSocket } = server;
  let ids = 0;
  const wire = createTestClient({ url, WebSocket, clock, newId: () => `made-${(ids += 1)}` });
  return { clock, server, wire };
}

describe("a test client", () => {
  test("connects, sends a request, hears every message, and waits for its completion", async () => {
    const { server, wire } = setUp();
    server.on("generate_report", (request) => {
      request.acknowledge();
      request.progress(50, "half", { stage: "query" });
      request.complete({ url: "u" });
    });
    const heard: string[] = [];
    await wire.connect(JWT);
    const stop = wire.onMessage(({ type }) => heard.push(type));
    const id = wire.sendRequest("generate_report", { pages: 3 }, { metadata: { source: "test" } });
    expect(await wire.waitForCompletion(id)).toMatchObject({ type: "complete", request_id: "made-1", result: { data: { url: "u" } } });
    expect(heard).toEqual(["acknowledgment", "progress", "complete"]);
    expect(wire.messages.map(({ type }) => type)).toEqual(heard);
    expect(server.connections[0]?.received[0]).toMatchObject({ payload: { pages: 3 }, metadata: { source: "test" } });
    stop();
    wire.send({ type: "ping" });
    await wire.close();
    expect(heard).toHaveLength(3);
  });

  test("knows a completion that has come already", async () => {
    const { server, wire } = setUp();
    server.on("echo", () => "hi");
    await wire.connect(JWT);
    const id = wire.sendRequest("echo", {}, { id: "e1" });
    await wire.waitForCompletion(id);
    expect(await wire.waitForCompletion("e1")).toMatchObject({ type: "response", success: true, data: "hi" });
  });

  test("gives the error that refuses a request", async () => {
    const { wire } = setUp();
    await wire.connect(JWT);
    expect(await wire.waitForCompletion(wire.sendRequest("unknown"))).toMatchObject({ type: "error", error: { code: "INVALID_ACTION" } });
  });

  test("waits 30 seconds and no longer", async () => {
    const { clock, server, wire } = setUp();
    server.on("generate_report");
    await wire.connect(JWT);
    let ended: unknown;
    wire.waitForCompletion(wire.sendRequest("generate_report")).catch((error: unknown) => (ended = error));
    await clock.advance(29_999);
    expect(ended).toBeUndefined();
    await clock.advance(1);
    expect(ended).toMatchObject({ code: "TIMEOUT", details: { request_id: "made-1", timeout_ms: 30_000 } });
    expect(clock.pending).toBe(0);
  });

  test("says how the connection ended when it does before", async () => {
    const { server, wire } = setUp();
    server.on("generate_report");
    await wire.connect(JWT);
    const waiting = wire.waitForCompletion(wire.sendRequest("generate_report"));
    server.connections[0]?.close(1001);
    await expect(waiting).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", details: { close_code: 1001 } });
    await expect(wire.waitForCompletion("r1")).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    expect(() => wire.sendRequest("generate_report")).toThrow(expect.objectContaining({ code: "SERVICE_UNAVAILABLE" }) as Error);
  });

  test("rejects when the upgrade is refused", async () => {
    const { server, wire } = setUp();
    server.refuseUpgrades(1);
    await expect(wire.connect(JWT)).rejects.toMatchObject({ details: { close_code: 1006 } });
    await wire.connect(JWT);
    expect(await wire.close()).toBe(1000);
  });
});
