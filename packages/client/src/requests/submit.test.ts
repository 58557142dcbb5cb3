import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { ClientLogger } from "../types.ts";
import { collect, complete, errorBody, progress, setUp, setUpConnected, setUpRunning, when } from "../testing/setup.ts";

describe("a short action", () => {
  test("its response is the result", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.submit("echo", { message: "Hello, Streamer!" }, { id: "e1" });
    expect(await connection.next()).toEqual({ type: "request", id: "e1", action: "echo", payload: { message: "Hello, Streamer!" } });
    connection.send({ type: "response", request_id: "e1", success: true, data: { message: "Hello, Streamer!" } });
    expect(await handle.result()).toEqual({ message: "Hello, Streamer!" });
    expect(handle.status).toBe("completed");
    await handle.accepted();
    expect(await collect(handle)).toEqual([]);
  });

  test("a response without success rejects with the server's error", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.submit("echo", {}, { id: "e1" });
    await connection.next();
    connection.send({ type: "response", request_id: "e1", success: false, error: errorBody("PROCESSING_FAILED") });
    await expect(handle.result()).rejects.toMatchObject({ code: "PROCESSING_FAILED" });
    expect(handle.status).toBe("failed");
  });

  test("responses find their requests in any order", async () => {
    const { client, connection } = await setUpConnected();
    const [first, second] = [client.submit("echo", {}, { id: "e1" }), client.submit("echo", {}, { id: "e2" })];
    await connection.next();
    await connection.next();
    connection.send({ type: "response", request_id: "e2", success: true, data: 2 });
    connection.send({ type: "response", request_id: "e1", success: true, data: 1 });
    expect(await Promise.all([first.result(), second.result()])).toEqual([1, 2]);
  });
});

describe("a long action", () => {
  test("goes from submitting over queued and running to completed", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.submit("generate_report", {}, { id: "r1" });
    const seen = [handle.status];
    handle.onChange(() => {
      if (seen.at(-1) !== handle.status) seen.push(handle.status);
    });
    await connection.next();
    connection.send({ type: "acknowledgment", request_id: "r1", status: "pending" });
    connection.send(progress(1));
    connection.send({ type: "status", request_id: "r1", status: "retrying", attempt: 1, retry_at: 1_711_929_660 });
    connection.send(progress(1, { attempt: 2, previous: 1_000_001 }));
    connection.send(complete({ url: "https://…" }));
    expect(await handle.result()).toEqual({ url: "https://…" });
    expect(seen).toEqual(["submitting", "queued", "running", "retrying", "running", "completed"]);
  });

  test("progress that overtakes the acknowledgment implies it", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.submit("generate_report", {}, { id: "r1" });
    await connection.next();
    connection.send(progress(1));
    await handle.accepted();
    connection.send({ type: "acknowledgment", request_id: "r1", status: "pending" });
    connection.send(progress(2));
    await when(handle, () => handle.status === "running");
    connection.send(complete(1));
    expect(await collect(handle)).toHaveLength(2);
  });

  test("a final error rejects the result after the updates", async () => {
    const { handle, connection } = await setUpRunning();
    connection.send(progress(1));
    connection.send({ type: "error", request_id: "r1", error: errorBody("WORKER_LOST"), final: true });
    await expect(handle.result()).rejects.toMatchObject({ code: "WORKER_LOST", retryable: true });
    expect(await collect(handle)).toHaveLength(1);
    expect(handle.status).toBe("failed");
  });

  test("an error code of a newer server is told by whether trying again may help", async () => {
    const { handle, connection } = await setUpRunning();
    connection.send({ type: "error", request_id: "r1", error: { code: "NEW", message: "…", retryable: false }, final: true });
    await expect(handle.result()).rejects.toMatchObject({ code: "PROCESSING_FAILED", details: { code: "NEW" } });
  });
});

describe("a refused request", () => {
  test("an error without final rejects it", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.submit("generate_report", {}, { id: "r2" });
    await connection.next();
    const issues = [{ path: "start_date", message: "…" }];
    connection.send({ type: "error", request_id: "r2", error: { ...errorBody("VALIDATION_ERROR"), details: { issues } } });
    await expect(handle.result()).rejects.toMatchObject({ code: "VALIDATION_ERROR", details: { issues } });
    await expect(handle.accepted()).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
    expect(handle.status).toBe("failed");
  });

  test("a first sending that may have been stored is sent again under its id, as nothing else tells", async () => {
    const clock = createFakeClock();
    const { client, connection } = await setUpConnected({ clock });
    const handle = client.submit("generate_report", {}, { id: "r2" });
    const sent = await connection.next();
    const timers = clock.pending;
    connection.send({ type: "error", request_id: "r2", error: errorBody("SERVICE_UNAVAILABLE") });
    await expect.poll(() => clock.pending).toBe(timers + 1);
    await clock.advance(2_000);
    expect(await connection.next()).toEqual(sent);
    connection.send({ type: "acknowledgment", request_id: "r2", status: "pending", duplicate: true });
    await handle.accepted();
  });

  test("a payload over 10 MiB is refused before anything is sent", async () => {
    const { client, connection } = await setUpConnected();
    const handle = client.submit("echo", { text: "é".repeat(5_300_000) }, { id: "big" });
    expect(handle.status).toBe("failed");
    await expect(handle.result()).rejects.toMatchObject({
      code: "PAYLOAD_TOO_LARGE",
      details: { limit_bytes: 10_485_760, size_bytes: 10_600_011 },
    });
    await client.close();
    await connection.closed;
    expect(connection.unread).toEqual([]);
  });

  test("a frame over 32 KB is refused before anything is sent where nothing can be hashed", async () => {
    const { client, connection } = await setUpConnected({ newId: () => "big" });
    // As in pages that came over plain HTTP.
    vi.stubGlobal("crypto", {});
    onTestFinished(() => void vi.unstubAllGlobals());
    const handle = client.submit("echo", { text: "é".repeat(16_400) });
    await expect(handle.result()).rejects.toMatchObject({
      code: "PAYLOAD_TOO_LARGE",
      details: { limit_bytes: 32_768, size_bytes: 32_867 },
    });
    await client.close();
    await connection.closed;
    expect(connection.unread).toEqual([]);
  });

  test("a frame of exactly 32 KB is sent", async () => {
    const { client, connection } = await setUpConnected();
    const frameBytes = (text: string): number =>
      Buffer.byteLength(JSON.stringify({ type: "request", id: "big", action: "echo", payload: { text } }));
    client.submit("echo", { text: "x".repeat(32_768 - frameBytes("")) }, { id: "big" });
    expect(await connection.next()).toMatchObject({ id: "big" });
  });

  test.each([
    ["an id of a wrong form", "echo", {}, { id: "a b" }],
    ["an empty action", "", {}, {}],
    ["too long metadata", "echo", {}, { metadata: { key: "x".repeat(257) } }],
    ["a payload that is not JSON", "echo", { big: 1n }, {}],
  ])("%s is refused before anything is sent", async (_, action, payload, options) => {
    const { client } = await setUp();
    const handle = client.submit(action, payload, options);
    await expect(handle.result()).rejects.toMatchObject({ code: "INVALID_MESSAGE", details: { reason: expect.any(String) } });
  });

  test("an open request's id with other content is refused; with the same content it is the same request", async () => {
    const { client, connection } = await setUpConnected();
    const first = client.submit("echo", { n: 1 }, { id: "e1" });
    const same = client.submit("echo", { n: 1 }, { id: "e1" });
    const other = client.submit("echo", { n: 2 }, { id: "e1" });
    await expect(other.result()).rejects.toMatchObject({ code: "DUPLICATE_REQUEST" });
    await connection.next();
    connection.send({ type: "response", request_id: "e1", success: true, data: 1 });
    expect(await Promise.all([first.result(), same.result()])).toEqual([1, 1]);
    await client.close();
    await connection.closed;
    expect(connection.unread).toEqual([]);
  });
});

test("metadata is sent with the request", async () => {
  const { client, connection } = await setUpConnected();
  client.submit("echo", {}, { metadata: { source: "menu" } });
  expect(await connection.next()).toMatchObject({ metadata: { source: "menu" } });
});

test("ids are 32 hexadecimal digits, each its own", async () => {
  const { client } = await setUp();
  const ids = Array.from({ length: 100 }, () => client.submit("echo").id);
  expect(new Set(ids).size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
});

test("messages that are unknown, broken or of no open request are ignored", async () => {
  const { handle, connection } = await setUpRunning();
  connection.sendText(JSON.stringify({ type: "of_a_newer_server", request_id: "r1" }));
  connection.sendText("not json");
  connection.send(complete(1, "r9"));
  connection.send({ type: "error", error: errorBody("INVALID_MESSAGE") });
  connection.send(complete("done"));
  expect(await handle.result()).toBe("done");
});

test("neither tokens nor payloads nor results reach the logger", async () => {
  const logged: unknown[] = [];
  const log = (...entry: unknown[]): void => void logged.push(entry);
  const logger: ClientLogger = { debug: log, warn: log };
  const { client, connection, change } = await setUpConnected({ logger, token: "secret.secret.secret" });
  const handle = client.submit("echo", { text: "secret" }, { id: "e1" });
  await connection.next();
  connection.sendText(JSON.stringify({ type: "response", request_id: "e1", success: "secret", data: "secret" }));
  connection.send({ type: "response", request_id: "e1", success: true, data: "secret" });
  await handle.result();
  connection.send({ type: "error", error: { code: "UNAUTHORIZED", message: "…", retryable: false }, final: true });
  connection.drop();
  await change(({ state }) => state === "reconnecting");
  expect(logged.length).toBeGreaterThanOrEqual(3);
  expect(JSON.stringify(logged)).not.toContain("secret");
});
