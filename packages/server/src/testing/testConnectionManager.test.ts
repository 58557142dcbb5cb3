import type { ServerMessage } from "@streamer/protocol";
import { createTestConnectionManager } from "@streamer/server/testing";
import { expect, it } from "vitest";
import { ConnectionManagerClosedError, ConnectionStaleError } from "../connection/errors.ts";

const pong: ServerMessage = { type: "pong" };

it("records what was sent, to whom, in order", async () => {
  const manager = createTestConnectionManager();
  expect(await manager.send("a", pong)).toEqual({ status: "sent" });
  await manager.broadcast(["a", "b", "a"], pong);
  expect(manager.sends.map(({ connectionId, status }) => [connectionId, status])).toEqual([
    ["a", "sent"],
    ["a", "sent"],
    ["b", "sent"],
  ]);
  expect(manager.received("a")).toEqual([pong, pong]);
});

it("a connection that is told to be gone is gone for sends, broadcasts and questions", async () => {
  const manager = createTestConnectionManager();
  manager.setGone("a");
  const result = await manager.send("a", pong);
  expect(result.status === "gone" && result.error).toBeInstanceOf(ConnectionStaleError);
  expect((await manager.broadcast(["a", "b"], pong)).get("a")).toMatchObject({ status: "gone" });
  expect(await manager.isActive("a")).toBe(false);
  expect(manager.received("a")).toEqual([]);
});

it("a connection that is told to fail fails as it was told, until it is open again", async () => {
  const manager = createTestConnectionManager();
  manager.setFailing("a", "throttled");
  expect(await manager.send("a", pong)).toMatchObject({ status: "failed", error: { kind: "throttled", connectionId: "a" } });
  await expect(manager.isActive("a")).rejects.toMatchObject({ kind: "throttled" });
  await expect(manager.disconnect("a")).rejects.toMatchObject({ kind: "throttled" });
  manager.setOpen("a");
  expect(await manager.send("a", pong)).toEqual({ status: "sent" });
});

it("a connection that was closed is gone", async () => {
  const manager = createTestConnectionManager();
  await manager.disconnect("a");
  expect(manager.disconnected).toEqual(["a"]);
  expect(await manager.isActive("a")).toBe(false);
});

it("once closed it refuses, as the real one does", async () => {
  const manager = createTestConnectionManager();
  await manager.close();
  await expect(manager.send("a", pong)).rejects.toBeInstanceOf(ConnectionManagerClosedError);
  await expect(manager.broadcast(["a"], pong)).rejects.toBeInstanceOf(ConnectionManagerClosedError);
});
