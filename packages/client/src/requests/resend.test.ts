import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, test } from "vitest";
import { GATEWAY_FRAME, complete, errorBody, setUp, setUpConnected, setUpRunning } from "../testing/setup.ts";
import { MAX_RESENDS } from "./sending.ts";

describe("after a reconnect", () => {
  test("what was sent before the connection opened is sent once it is open", async () => {
    const { client, server } = await setUp();
    server.refuse(1, 500);
    client.submit("echo", {}, { id: "e1" });
    client.submit("echo", {}, { id: "e2" });
    const connection = await server.accept();
    expect([await connection.next(), await connection.next()]).toMatchObject([{ id: "e1" }, { id: "e2" }]);
  });

  test("an unacknowledged request is sent again under its id, unchanged", async () => {
    const { client, server, connection } = await setUpConnected();
    client.submit("generate_report", { pages: 3 }, { id: "r1", metadata: { source: "menu" } });
    const first = await connection.next();
    connection.drop();
    expect(await (await server.accept()).next()).toEqual(first);
  });

  test("a duplicate acknowledgment is followed by subscribing, and an ended request's outcome comes with it", async () => {
    const { client, server, connection } = await setUpConnected();
    const handle = client.submit("generate_report", {}, { id: "r1" });
    await connection.next();
    connection.drop();
    const second = await server.accept();
    await second.next();
    second.send({ type: "acknowledgment", request_id: "r1", status: "completed", duplicate: true });
    expect(await second.next()).toEqual({ type: "subscribe", request_id: "r1", after: 0 });
    expect(handle.status, "an end is shown with its outcome only").toBe("running");
    second.send({ type: "subscribed", request_id: "r1", status: "completed", updates: [], more: false, outcome: complete("done") });
    expect(await handle.result()).toBe("done");
  });

  test("an ended request is not asked for again", async () => {
    const { client, server, handle, connection } = await setUpRunning();
    connection.send(complete("done"));
    await handle.result();
    connection.drop();
    const second = await server.accept();
    await client.close();
    await second.closed;
    expect(second.unread).toEqual([]);
  });

  test("a passing refusal of a request that may have been stored before is not believed", async () => {
    const { client, server, connection } = await setUpConnected();
    const handle = client.submit("generate_report", {}, { id: "r1" });
    await connection.next();
    connection.drop();
    const second = await server.accept();
    await second.next();
    second.send({ type: "error", request_id: "r1", error: errorBody("RATE_LIMITED") });
    expect(await second.next()).toMatchObject({ id: "r1", action: "generate_report" });
    second.send({ type: "acknowledgment", request_id: "r1", status: "pending", duplicate: true });
    await handle.accepted();
  });
});

describe("after a gateway frame", () => {
  test("what is unacknowledged is sent again under its id, and nothing else", async () => {
    const { client, connection, handle } = await setUpRunning();
    const second = client.submit("echo", {}, { id: "e1" });
    const first = await connection.next();
    connection.sendText(GATEWAY_FRAME);
    expect(await connection.next()).toEqual(first);
    connection.send({ type: "response", request_id: "e1", success: true, data: 1 });
    expect(await second.result()).toBe(1);
    expect(handle.status).toBe("queued");
    await client.close();
    await connection.closed;
    expect(connection.unread).toEqual([]);
  });

  test("the delays grow from 1 s; after five sendings again the request fails as unavailable", async () => {
    const clock = createFakeClock();
    const { client, connection } = await setUpConnected({ clock, random: () => 1 });
    const handle = client.submit("echo", {}, { id: "e1" });
    await connection.next();
    const barrier = client.submit("echo", {}, { id: "barrier" });
    await connection.next();
    connection.send({ type: "acknowledgment", request_id: "barrier", status: "pending" });
    await barrier.accepted();
    for (const delayMs of [1_000, 2_000, 4_000, 8_000, 16_000]) {
      const timers = clock.pending;
      connection.sendText(GATEWAY_FRAME);
      await expect.poll(() => clock.pending).toBe(timers + 1);
      await clock.advance(delayMs - 1);
      expect(clock.pending, `not before ${delayMs} ms`).toBe(timers + 1);
      await clock.advance(1);
      expect(await connection.next()).toMatchObject({ id: "e1" });
    }
    expect(handle.status).toBe("submitting");
    connection.sendText(GATEWAY_FRAME);
    await expect(handle.result()).rejects.toMatchObject({
      code: "SERVICE_UNAVAILABLE",
      details: { reason: "gateway", sent: MAX_RESENDS + 1 },
    });
  });

  test("many gateway frames at once lead to one sending", async () => {
    const clock = createFakeClock();
    const { client, connection } = await setUpConnected({ clock });
    const handle = client.submit("echo", {}, { id: "e1" });
    await connection.next();
    for (let frame = 0; frame < 20; frame += 1) connection.sendText(GATEWAY_FRAME);
    const probe = client.submit("echo", {}, { id: "probe" });
    await connection.next();
    connection.send({ type: "response", request_id: "probe", success: true, data: null });
    await probe.result();
    await clock.advance(0);
    expect(await connection.next()).toMatchObject({ id: "e1" });
    connection.send({ type: "response", request_id: "e1", success: true, data: 1 });
    expect(await handle.result()).toBe(1);
    await client.close();
    await connection.closed;
    expect(connection.unread).toEqual([]);
  });
});

describe("close()", () => {
  test("open requests reject as unavailable, with the reason, and keep the status they had", async () => {
    const { client, handle } = await setUpRunning();
    const updates = handle.updates()[Symbol.asyncIterator]().next();
    await client.close();
    await expect(handle.result()).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", details: { reason: "client_closed" } });
    expect(await updates).toEqual({ done: true, value: undefined });
    expect([handle.status, handle.stale]).toEqual(["queued", true]);
    await expect(handle.cancel()).rejects.toMatchObject({ details: { reason: "client_closed" } });
  });

  test("a request of a closed client rejects the same way", async () => {
    const { client } = await setUp();
    await client.close();
    const handle = client.submit("echo");
    await expect(handle.accepted()).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", details: { reason: "client_closed" } });
    expect(client.state).toBe("closed");
  });
});
