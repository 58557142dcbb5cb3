import { describe, expect, test } from "vitest";
import { GATEWAY_FRAME, complete, errorBody, progress, sequenceOf, setUp, setUpConnected, setUpRunning, when } from "../testing/setup.ts";

const CANCEL = { type: "cancel", request_id: "r1" };

test("a request that had not started ends as cancelled, with the reason", async () => {
  const { handle, connection } = await setUpRunning();
  const cancelled = handle.cancel("user pressed stop");
  expect(await connection.next()).toEqual({ ...CANCEL, reason: "user pressed stop" });
  connection.send({ type: "cancelled", request_id: "r1", reason: "user pressed stop" });
  await cancelled;
  await expect(handle.result()).rejects.toMatchObject({ code: "CANCELLED", details: { reason: "user pressed stop" } });
  expect(handle.status).toBe("cancelled");
});

test("cancel() of a running request resolves when the worker has been told; the end follows", async () => {
  const { handle, connection } = await setUpRunning();
  const cancelled = handle.cancel();
  await connection.next();
  connection.send({ type: "status", request_id: "r1", status: "processing", attempt: 1 });
  await cancelled;
  expect(handle.status).toBe("running");
  connection.send({ type: "cancelled", request_id: "r1" });
  await expect(handle.result()).rejects.toMatchObject({ code: "CANCELLED" });
});

test("cancel() is sent after the acknowledgment", async () => {
  const { client, connection } = await setUpConnected();
  const handle = client.submit("generate_report", {}, { id: "r1" });
  void handle.cancel();
  expect(await connection.next()).toMatchObject({ type: "request" });
  expect(connection.unread).toEqual([]);
  connection.send({ type: "acknowledgment", request_id: "r1", status: "pending" });
  expect(await connection.next()).toEqual(CANCEL);
});

test("a request that was never sent ends at once and is never sent", async () => {
  const { client, server } = await setUp();
  const handle = client.submit("generate_report", {}, { id: "r1" });
  await handle.cancel("changed my mind");
  await expect(handle.accepted()).rejects.toMatchObject({ code: "CANCELLED" });
  await client.connect();
  const connection = await server.accept();
  await client.close();
  await connection.closed;
  expect(connection.unread).toEqual([]);
});

test("cancel() of a request that has ended sends nothing", async () => {
  const { client, handle, connection } = await setUpRunning();
  connection.send(complete("done"));
  await handle.result();
  await handle.cancel();
  await client.close();
  await connection.closed;
  expect(connection.unread).toEqual([]);
});

test("cancel() that the end overtakes resolves, and the result stands", async () => {
  const { handle, connection } = await setUpRunning();
  const cancelled = handle.cancel();
  await connection.next();
  connection.send(complete("done"));
  await cancelled;
  expect(await handle.result()).toBe("done");
});

test("cancelling twice at a time sends one cancel; after an answer another may follow", async () => {
  const { handle, connection } = await setUpRunning();
  const both = Promise.all([handle.cancel(), handle.cancel()]);
  await connection.next();
  expect(connection.unread).toEqual([]);
  connection.send({ type: "status", request_id: "r1", status: "processing", attempt: 1 });
  await both;
  void handle.cancel();
  expect(await connection.next()).toEqual(CANCEL);
});

test("a refused cancel rejects, and the request goes on", async () => {
  const { handle, connection } = await setUpRunning();
  const cancelled = handle.cancel();
  await connection.next();
  connection.send({ type: "error", request_id: "r1", error: errorBody("SERVICE_UNAVAILABLE") });
  await expect(cancelled).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  connection.send(complete("done"));
  expect(await handle.result()).toBe("done");
});

test("a reason over 256 characters is refused, and nothing is sent", async () => {
  const { handle, client, connection } = await setUpRunning();
  await expect(handle.cancel("x".repeat(257))).rejects.toMatchObject({ code: "INVALID_MESSAGE" });
  await client.close();
  await connection.closed;
  expect(connection.unread).toEqual([]);
});

test("a cancel whose answer was lost with the connection is sent again after catching up", async () => {
  const { handle, server, connection } = await setUpRunning();
  void handle.cancel();
  await connection.next();
  connection.drop();
  const second = await server.accept();
  expect(await second.next()).toMatchObject({ type: "subscribe" });
  second.send({ type: "subscribed", request_id: "r1", status: "processing", updates: [], more: false });
  expect(await second.next()).toEqual(CANCEL);
});

test("after gateway frames a cancel is sent again five times, then rejects", async () => {
  const { handle, connection } = await setUpRunning();
  const cancelled = handle.cancel();
  for (let sending = 0; sending < 6; sending += 1) {
    expect(await connection.next()).toEqual(CANCEL);
    connection.sendText(GATEWAY_FRAME);
  }
  await expect(cancelled).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", details: { reason: "gateway" } });
  expect(handle.status).toBe("queued");
});

test("a gap seen while a cancel is on its way is filled after the cancel's answer, before the end", async () => {
  const { handle, connection } = await setUpRunning();
  void handle.cancel();
  await connection.next();
  connection.send(progress(2, { previous: sequenceOf(1) }));
  connection.send({ type: "cancelled", request_id: "r1" });
  expect(await connection.next()).toMatchObject({ type: "subscribe", after: 0 });
  connection.send({
    type: "subscribed",
    request_id: "r1",
    status: "cancelled",
    updates: [progress(1), progress(2)],
    more: false,
    outcome: { type: "cancelled", request_id: "r1" },
  });
  await expect(handle.result()).rejects.toMatchObject({ code: "CANCELLED" });
});

describe("the signal of a request", () => {
  test("aborting it cancels the request", async () => {
    const { client, connection } = await setUpConnected();
    const controller = new AbortController();
    const handle = client.submit("generate_report", {}, { id: "r1", signal: controller.signal });
    await connection.next();
    connection.send({ type: "acknowledgment", request_id: "r1", status: "pending" });
    await handle.accepted();
    controller.abort();
    expect(await connection.next()).toEqual(CANCEL);
    connection.send({ type: "cancelled", request_id: "r1" });
    await when(handle, () => handle.status === "cancelled");
  });

  test("one that is aborted already sends nothing", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.submit("generate_report", {}, { id: "r1", signal: AbortSignal.abort() });
    expect(handle.status).toBe("cancelled");
    await client.close();
    await connection.closed;
    expect(connection.unread).toEqual([]);
  });
});
