import { describe, expect, test } from "vitest";
import {
  GATEWAY_FRAME,
  collect,
  complete,
  errorBody,
  progress,
  sequenceOf,
  setUp,
  setUpConnected,
  setUpRunning,
  when,
} from "../testing/setup.ts";

describe("get(id)", () => {
  test("watches a request from its first update, whoever sent it", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.get("r1");
    expect([handle.id, handle.status, handle.stale]).toEqual(["r1", "queued", true]);
    expect(await connection.next()).toEqual({ type: "subscribe", request_id: "r1", after: 0 });
    connection.send({ type: "subscribed", request_id: "r1", status: "processing", updates: [progress(1), progress(2)], more: false });
    await handle.accepted();
    expect([handle.status, handle.stale]).toEqual(["running", false]);
    connection.send(progress(3));
    connection.send(complete("done"));
    expect((await collect(handle)).map(({ sequence }) => sequence)).toEqual([1, 2, 3].map((n) => sequenceOf(n)));
    expect(await handle.result()).toBe("done");
  });

  test("gives the result of one that ended long ago", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.get("r1");
    await connection.next();
    connection.send({ type: "subscribed", request_id: "r1", status: "completed", updates: [], more: false, outcome: complete("done") });
    expect(await handle.result()).toBe("done");
  });

  test("fetches only what came after the last update that is known already", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.get("r1", { after: sequenceOf(4) });
    expect(await connection.next()).toEqual({ type: "subscribe", request_id: "r1", after: sequenceOf(4) });
    connection.send({ type: "subscribed", request_id: "r1", status: "processing", updates: [progress(5)], more: false });
    connection.send(complete("done"));
    expect(await collect(handle)).toMatchObject([{ sequence: sequenceOf(5) }]);
  });

  test("of an unknown or a foreign id rejects with NOT_FOUND", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.get("r9");
    await connection.next();
    connection.send({ type: "error", request_id: "r9", error: errorBody("NOT_FOUND") });
    await expect(handle.result()).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(handle.accepted()).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect([handle.status, handle.stale]).toEqual(["failed", false]);
    expect(await collect(handle)).toEqual([]);
  });

  test.each([
    ["an id of a wrong form", "a b", {}],
    ["a negative after", "r1", { after: -1 }],
    ["an after that is no number", "r1", { after: Number.NaN }],
  ])("%s is refused before anything is sent", async (_, id, options) => {
    const { client, connection } = await setUpConnected();
    await expect(client.get(id, options).result()).rejects.toMatchObject({
      code: "INVALID_MESSAGE",
      details: { reason: expect.any(String) },
    });
    await client.close();
    await connection.closed;
    expect(connection.unread).toEqual([]);
  });

  test("of a request of this very client is that request", async () => {
    const { client, handle, connection } = await setUpRunning();
    const same = client.get("r1");
    connection.send(complete("done"));
    expect(await Promise.all([handle.result(), same.result()])).toEqual(["done", "done"]);
    await client.close();
    await connection.closed;
    expect(connection.unread).toEqual([]);
  });

  test("connects by itself, and asks again after a reconnect", async () => {
    const { client, server } = await setUp();
    client.get("r1");
    const first = await server.accept();
    const subscribe = await first.next();
    first.drop();
    const second = await server.accept();
    expect(await second.next()).toEqual(subscribe);
  });

  test("asks again when the server failed, without end", async () => {
    const { client, connection } = await setUpConnected();
    client.get("r1");
    const subscribe = await connection.next();
    for (let failure = 0; failure < 10; failure += 1) {
      connection.sendText(GATEWAY_FRAME);
      expect(await connection.next()).toEqual(subscribe);
    }
  });

  test("can be cancelled, after the answer", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.get("r1");
    await connection.next();
    const cancelled = handle.cancel("stop");
    connection.send({ type: "subscribed", request_id: "r1", status: "pending", updates: [], more: false });
    expect(await connection.next()).toEqual({ type: "cancel", request_id: "r1", reason: "stop" });
    connection.send({ type: "cancelled", request_id: "r1", reason: "stop" });
    await cancelled;
    await expect(handle.result()).rejects.toMatchObject({ code: "CANCELLED" });
  });

  test("updates that overtake the answer wait for it", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.get("r1");
    await connection.next();
    connection.send(progress(2));
    await when(handle, () => handle.status === "running");
    connection.send({ type: "subscribed", request_id: "r1", status: "processing", updates: [progress(1)], more: false });
    connection.send(complete("done"));
    expect((await collect(handle)).map(({ sequence }) => sequence)).toEqual([sequenceOf(1), sequenceOf(2)]);
  });
});
