import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, test } from "vitest";
import { errorBody, setUp, setUpConnected, setUpRunning } from "../testing/setup.ts";

describe("while there is no connection", () => {
  test("requests wait up to a number, then they are refused before anything is sent", async () => {
    const { client, server } = await setUp({ maxQueuedRequests: 2, network: { isOnline: () => false, onChange: () => () => {} } });
    const handles = ["e1", "e2", "e3"].map((id) => client.submit("echo", {}, { id }));
    expect(handles.map(({ status }) => status)).toEqual(["submitting", "submitting", "failed"]);
    await expect(handles[2]?.result()).rejects.toMatchObject({
      code: "SERVICE_UNAVAILABLE",
      details: { reason: "queue_full", queued_requests: 2, limit_requests: 2, limit_bytes: 5_000_000 },
    });
    expect(server.upgrades).toEqual([]);
  });

  test("the default is a thousand", async () => {
    const { client } = await setUp({ network: { isOnline: () => false, onChange: () => () => {} } });
    const handles = Array.from({ length: 1_001 }, () => client.submit("echo"));
    expect(handles.findIndex(({ status }) => status === "failed")).toBe(1_000);
  });

  test("they wait up to a size, but for the first, which may have any", async () => {
    const { client } = await setUp({ maxQueuedBytes: 1_000, network: { isOnline: () => false, onChange: () => () => {} } });
    const large = client.submit("echo", { text: "x".repeat(2_000) });
    const second = client.submit("echo", { text: "x" });
    expect([large.status, second.status]).toEqual(["submitting", "failed"]);
    await large.cancel();
    const sizes = [600, 600].map((size) => client.submit("echo", { text: "x".repeat(size) }).status);
    expect(sizes).toEqual(["submitting", "failed"]);
  });

  test("what ended makes room, and what is acknowledged takes none", async () => {
    let online = true;
    const listeners: (() => void)[] = [];
    const network = { isOnline: () => online, onChange: (listener: () => void) => (listeners.push(listener), () => {}) };
    const { client, handle } = await setUpRunning({ maxQueuedRequests: 1, network });
    online = false;
    for (const listener of listeners) listener();
    const first = client.submit("echo");
    expect(client.submit("echo").status).toBe("failed");
    await first.cancel();
    expect([client.submit("echo").status, handle.status]).toEqual(["submitting", "queued"]);
  });

  test("nothing is refused while the connection is open", async () => {
    const { client } = await setUpConnected({ maxQueuedRequests: 1 });
    expect([client.submit("echo").status, client.submit("echo").status]).toEqual(["submitting", "submitting"]);
  });
});

describe("after RATE_LIMITED", () => {
  const refusal = { ...errorBody("RATE_LIMITED"), details: { retry_after: 4 } };

  test("nothing at all is sent for the time the server asks for, then what was refused, under its id", async () => {
    const clock = createFakeClock();
    const { client, connection } = await setUpConnected({ clock });
    const handle = client.submit("echo", { n: 1 }, { id: "e1" });
    const frame = await connection.next();
    const timers = clock.pending;
    connection.send({ type: "error", request_id: "e1", error: refusal });
    await expect.poll(() => clock.pending).toBe(timers + 1);
    client.submit("echo", { n: 2 }, { id: "e2" });
    await clock.advance(3_999);
    expect(connection.unread).toEqual([]);
    await clock.advance(1);
    expect(await connection.next()).toEqual(frame);
    expect(await connection.next()).toMatchObject({ id: "e2" });
    connection.send({ type: "response", request_id: "e1", success: true, data: 1 });
    expect(await handle.result()).toBe(1);
  });

  test("a random part of a second is added, so that clients do not come back together", async () => {
    const clock = createFakeClock();
    const { client, connection } = await setUpConnected({ clock, random: () => 0.5 });
    client.submit("echo", {}, { id: "e1" });
    await connection.next();
    const timers = clock.pending;
    connection.send({ type: "error", request_id: "e1", error: refusal });
    await expect.poll(() => clock.pending).toBe(timers + 1);
    await clock.advance(4_499);
    expect(connection.unread).toEqual([]);
    await clock.advance(1);
    expect(await connection.next()).toMatchObject({ id: "e1" });
  });

  test("it is sent again as often as it takes, also under a refusal that says no time", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.submit("echo", {}, { id: "e1" });
    for (let times = 0; times < 12; times += 1) {
      await connection.next();
      connection.send({ type: "error", request_id: "e1", error: errorBody("RATE_LIMITED") });
    }
    await connection.next();
    connection.send({ type: "response", request_id: "e1", success: true, data: 1 });
    expect(await handle.result()).toBe(1);
  });

  test("a request that only was refused ends at once when it is cancelled: the server has nothing of it", async () => {
    const clock = createFakeClock();
    const { client, connection } = await setUpConnected({ clock });
    const handle = client.submit("echo", {}, { id: "e1" });
    await connection.next();
    const timers = clock.pending;
    connection.send({ type: "error", request_id: "e1", error: refusal });
    await expect.poll(() => clock.pending).toBe(timers + 1);
    await handle.cancel();
    expect(handle.status).toBe("cancelled");
    await client.close();
    expect(clock.pending).toBe(0);
  });

  test("a refusal that names no request counts for all", async () => {
    const clock = createFakeClock();
    const { client, connection } = await setUpConnected({ clock });
    const timers = clock.pending;
    connection.send({ type: "error", error: refusal });
    await expect.poll(() => clock.pending).toBe(timers + 1);
    client.submit("echo", {}, { id: "e1" });
    await clock.advance(3_999);
    expect(connection.unread).toEqual([]);
    await clock.advance(1);
    expect(await connection.next()).toMatchObject({ id: "e1" });
  });
});
