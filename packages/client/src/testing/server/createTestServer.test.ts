import { MAX_FRAME_BYTES } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, expectTypeOf, test } from "vitest";
import { collect, when } from "../setup.ts";
import { createTestServer } from "./createTestServer.ts";
import { createTestToken } from "./testToken.ts";
import { actions, setUp, setUpRunning } from "./sampleServer.ts";

describe("a scripted action", () => {
  test("acknowledges, reports progress, emits and completes", async () => {
    const server = setUp();
    server.on("generate_report", (request) => {
      expectTypeOf(request.payload).toEqualTypeOf<{ pages: number }>();
      request.acknowledge();
      request.progress(50, `half of ${request.payload.pages}`, { stage: "query" });
      request.emit("a", "b");
      request.complete({ url: "u" });
    });
    const handle = server.client.generateReport.submit({ pages: 3 });
    expect(await handle.result()).toEqual({ url: "u" });
    expect(await collect(handle)).toMatchObject([
      { type: "progress", sequence: 1_000_001, percentage: 50, message: "half of 3", metadata: { stage: "query" } },
      { type: "chunk", sequence: 1_000_002, data: ["a", "b"] },
    ]);
  });

  test("that is short answers with what its handler gives", async () => {
    const server = setUp();
    server.on("echo", ({ payload }) => ({ text: payload.text.toUpperCase() }));
    expect(await server.client.echo.submit({ text: "hi" }).result()).toEqual({ text: "HI" });
  });

  test("fails with the code that its script says, and with PROCESSING_FAILED for what it throws", async () => {
    const server = setUp();
    server.on("generate_report", (request) => request.fail("TIMEOUT", { after: 3 }));
    const failed = server.client.generateReport.submit({ pages: 1 });
    await expect(failed.result()).rejects.toMatchObject({ code: "TIMEOUT", details: { after: 3 } });
    const thrown = new Error("a defect of the script");
    server.on("generate_report", () => Promise.reject(thrown));
    await expect(server.client.generateReport.submit({ pages: 1 }).result()).rejects.toMatchObject({ code: "PROCESSING_FAILED" });
    expect(server.handlerErrors).toEqual([thrown]);
  });

  test("may refuse the request", async () => {
    const server = setUp();
    server.on("generate_report", (request) => request.refuse("FORBIDDEN"));
    const handle = server.client.generateReport.submit({ pages: 1 }, { id: "r1" });
    await expect(handle.accepted()).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(server.request("r1")).toBeUndefined();
  });

  test("is retried in a second attempt, which begins anew", async () => {
    const { handle, request } = await setUpRunning();
    request.retry(5_000);
    await when(handle, () => handle.status === "retrying");
    request.progress(5, "again");
    request.complete({ url: "u" });
    await handle.result();
    expect((await collect(handle)).map(({ sequence }) => sequence)).toEqual([1_000_001, 2_000_001]);
  });

  test("sees that it is cancelled, and ends so", async () => {
    const { server, handle } = await setUpRunning();
    server.on("generate_report", async (request) => {
      request.progress(1, "begun");
      await new Promise((_, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason as Error)));
    });
    const second = server.client.generateReport.submit({ pages: 1 });
    await when(second, () => second.status === "running");
    await second.cancel("enough");
    await expect(second.result()).rejects.toMatchObject({ code: "CANCELLED", details: { reason: "enough" } });
    expect(handle.status).toBe("running");
  });

  test("that has not begun is cancelled at once; what its script does later is dropped", async () => {
    const server = setUp();
    const reports = server.on("generate_report");
    const handle = server.client.generateReport.submit({ pages: 1 });
    const request = await reports.next();
    request.acknowledge();
    await handle.accepted();
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ code: "CANCELLED" });
    request.progress(1, "too late");
    expect(request.updates).toEqual([]);
  });

  test("cannot go on after its own end", async () => {
    const { request } = await setUpRunning();
    request.complete({ url: "u" });
    expect(() => request.progress(1, "late")).toThrow("Request r1 is completed: progress() comes too late.");
  });

  test("is started again by an operator", async () => {
    const { handle, request, reports } = await setUpRunning();
    request.fail("TIMEOUT");
    await when(handle, () => handle.status === "failed");
    request.redrive();
    const again = await reports.next();
    await when(handle, () => handle.status === "queued" && !handle.stale);
    again.complete({ url: "second" });
    await when(handle, () => handle.status === "completed");
    expect(await handle.result()).toEqual({ url: "second" });
    expect(again.attempt).toBe(2);
  });
});

describe("the server refuses", () => {
  test("a payload that does not fit, an action nobody scripted, a permission that is missing", async () => {
    const server = setUp();
    server.on("generate_report", () => ({ url: "u" }));
    const wrong = server.client.$client.submit("generate_report", { pages: "three" });
    await expect(wrong.result()).rejects.toMatchObject({ code: "VALIDATION_ERROR", details: { issues: [{ path: "pages" }] } });
    await expect(server.client.echo.submit({ text: "" }).result()).rejects.toMatchObject({ code: "INVALID_ACTION" });
    server.on("purge", () => ({}));
    await expect(server.client.purge.submit().result()).rejects.toMatchObject({
      code: "FORBIDDEN",
      details: { missing: ["reports:purge"] },
    });
    const admin = server.connectClient({ token: createTestToken({ permissions: ["reports:purge"] }) });
    expect(await admin.purge.submit().result()).toEqual({});
  });

  test("another content under a taken id, but not the same again", async () => {
    const { server } = await setUpRunning();
    const tab = server.connectClient();
    const same = tab.generateReport.submit({ pages: 3 }, { id: "r1" });
    await same.accepted();
    const other = server.connectClient();
    await expect(other.generateReport.submit({ pages: 4 }, { id: "r1" }).result()).rejects.toMatchObject({ code: "DUPLICATE_REQUEST" });
    expect(server.request("r1")?.payload).toEqual({ pages: 3 });
  });

  test("a frame over 32 KB by closing with 1009", async () => {
    const { server } = await setUpRunning();
    const socket = new server.WebSocket(server.url, ["streamer.v1", `streamer.jwt.${createTestToken()}`]);
    const closed = new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)));
    await new Promise<void>((resolve) => socket.addEventListener("open", resolve));
    socket.send("x".repeat(MAX_FRAME_BYTES + 1));
    expect(await closed).toBe(1009);
  });
});

test("another user, and another tenant, does not find the request; who may read all of the tenant does", async () => {
  const { server, request } = await setUpRunning();
  const subscribe = async (claims: Parameters<typeof createTestToken>[0]) => {
    const socket = new server.WebSocket(server.url, ["streamer.v1", `streamer.jwt.${createTestToken(claims)}`]);
    const answer = new Promise<unknown>((resolve) => socket.addEventListener("message", ({ data }) => resolve(JSON.parse(String(data)))));
    await new Promise<void>((resolve) => socket.addEventListener("open", resolve));
    socket.send(JSON.stringify({ type: "subscribe", request_id: request.id }));
    return answer;
  };
  expect(await subscribe({ sub: "mallory" })).toMatchObject({ error: { code: "NOT_FOUND" } });
  expect(await subscribe({ tenant_id: "other", permissions: ["requests:read"] })).toMatchObject({ error: { code: "NOT_FOUND" } });
  expect(await subscribe({ sub: "auditor", permissions: ["requests:read"] })).toMatchObject({ type: "subscribed" });
});

test("closing it ends its clients, and nothing is left waiting", async () => {
  const clock = createFakeClock();
  const server = createTestServer({ actions, clock });
  server.on("echo", () => ({ text: "x" }));
  await server.client.echo.submit({ text: "" }).result();
  await server.close();
  expect(server.client.$client.state).toBe("closed");
  expect(clock.pending).toBe(0);
});
