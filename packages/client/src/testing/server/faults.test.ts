import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { createTestServer } from "./createTestServer.ts";
import { createTestToken } from "./testToken.ts";
import { reconnected, setUp, setUpRunning, texts } from "./sampleServer.ts";

describe("a client that comes back gets what it missed, once and in order,", () => {
  test("after its connection was dropped", async () => {
    const { server, handle, request } = await setUpRunning();
    server.dropConnections();
    request.progress(20, "two");
    request.emit("three");
    await reconnected(handle);
    request.progress(40, "four");
    request.complete({ url: "u" });
    expect(await handle.result()).toEqual({ url: "u" });
    expect(await texts(handle)).toEqual(["one", "two", "chunk", "four"]);
  });

  test("with the end that came meanwhile", async () => {
    const { server, handle, request } = await setUpRunning();
    server.dropConnections();
    request.progress(20, "two");
    request.complete({ url: "u" });
    expect(await handle.result()).toEqual({ url: "u" });
    expect(await texts(handle)).toEqual(["one", "two"]);
  });

  test("over many pages", async () => {
    const { server, handle, request } = await setUpRunning();
    server.dropConnections();
    for (let n = 0; n < 300; n += 1) request.progress(n / 3, `${n} ${"x".repeat(500)}`);
    request.complete({ url: "u" });
    await handle.result();
    expect(await texts(handle)).toHaveLength(301);
    const pages = server.connections.at(-1)?.received.filter(({ type }) => type === "subscribe") ?? [];
    expect(pages.length).toBeGreaterThan(4);
  });

  test("after refused upgrades, and with a fresh token after its own expired", async () => {
    const { server, handle, request, connection } = await setUpRunning();
    server.expireTokens();
    server.refuseUpgrades(2);
    server.dropConnections();
    request.complete({ url: "u" });
    expect(await handle.result()).toEqual({ url: "u" });
    expect(server.connections.at(-1)?.token).not.toBe(connection.token);
  });

  test("whatever the network loses, doubles and turns round", async () => {
    const { server, handle, request } = await setUpRunning();
    const fates = ["lose", "twice", "later", "deliver", "later", "lose", "lose", "twice"] as const;
    let sent = 0;
    server.intercept((message) => (message.type === "progress" ? fates[(sent += 1) % fates.length] : undefined));
    for (let n = 2; n <= 40; n += 1) request.progress(n, `step ${n}`);
    request.complete({ url: "u" });
    await handle.result();
    expect(await texts(handle)).toEqual(["one", ...Array.from({ length: 39 }, (_, n) => `step ${n + 2}`)]);
  });

  test("and is told of what is not stored any more", async () => {
    const { server, handle, request } = await setUpRunning();
    server.dropConnections();
    for (const n of [2, 3, 4]) request.progress(n * 10, `step ${n}`);
    request.trim(3);
    await reconnected(handle);
    request.complete({ url: "u" });
    await handle.result();
    expect(await texts(handle)).toEqual(["one", "gap", "step 4"]);
  });
});

describe("faults", () => {
  test("a frame at which the server fails is sent again under its id", async () => {
    const server = setUp();
    server.on("generate_report", () => ({ url: "u" }));
    server.failFrames(2);
    expect(await server.client.generateReport.submit({ pages: 1 }).result()).toEqual({ url: "u" });
    expect(server.connections[0]?.received.filter(({ type }) => type === "request")).toHaveLength(3);
  });

  test("new requests over a connection whose token was told to have expired are refused", async () => {
    const { server } = await setUpRunning();
    server.expireTokens();
    const refused = server.client.generateReport.submit({ pages: 9 });
    await expect(refused.result()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });

  test("a token that expires is replaced by authenticate, and an upgrade with an expired one is refused", async () => {
    const clock = createFakeClock();
    const seconds = clock.now() / 1000;
    const server = setUp({ clock });
    server.on("echo", () => ({ text: "x" }));
    const expiries = [seconds + 200, seconds + 900];
    const token = (): string => createTestToken({ exp: expiries.shift() ?? seconds + 900 });
    const api = server.connectClient({ token });
    await api.$client.connect();
    await clock.advance(400_000);
    expect(await api.echo.submit({ text: "" }).result()).toEqual({ text: "x" });
    expect(server.connections).toHaveLength(1);
    const late = createTestToken({ exp: clock.now() / 1000 - 1 });
    const socket = new server.WebSocket(server.url, ["streamer.v1", `streamer.jwt.${late}`]);
    expect(await new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)))).toBe(1006);
  });

  test("after RATE_LIMITED the client waits as long as it is told to", async () => {
    const clock = createFakeClock();
    const server = setUp({ clock });
    server.on("echo", () => ({ text: "x" }));
    server.limitFrames(1, 7);
    const handle = server.client.echo.submit({ text: "" });
    await clock.advance(6_999);
    expect(handle.status).toBe("submitting");
    await clock.advance(1);
    expect(handle.status).toBe("completed");
  });

  test("a message that is delayed arrives then, behind what was sent after it", async () => {
    const clock = createFakeClock();
    const server = setUp({ clock });
    server.intercept((message) => (message.type === "acknowledgment" ? 500 : undefined));
    server.on("generate_report", (request) => request.acknowledge());
    const handle = server.client.generateReport.submit({ pages: 1 });
    await clock.advance(499);
    expect(handle.status).toBe("submitting");
    await clock.advance(1);
    expect(handle.status).toBe("queued");
  });

  test("an upgrade without an answer is given up by the client, which tries again", async () => {
    const clock = createFakeClock();
    const server = setUp({ clock });
    server.ignoreUpgrade();
    const connected = server.client.$client.connect();
    await clock.advance(60_000);
    await connected;
    expect(server.connections).toHaveLength(1);
  });

  test("latency is measured by the clock that was given", async () => {
    const clock = createFakeClock();
    const server = setUp({ clock, latencyMs: 40 });
    server.on("echo", () => ({ text: "x" }));
    const handle = server.client.echo.submit({ text: "" });
    await clock.advance(40);
    expect(server.client.$client.state).toBe("open");
    await clock.advance(79);
    expect(handle.status).toBe("submitting");
    await clock.advance(1);
    expect(handle.status).toBe("completed");
  });

  test("large payloads are uploaded and large results fetched, also when the bucket fails at first", async () => {
    const server = createTestServer();
    onTestFinished(() => server.close());
    server.on("import_orders", (request) => request.complete(request.payload));
    server.files.failNext(1);
    const orders = "x".repeat(200_000);
    expect(await server.client.$client.submit("import_orders", { orders }).result()).toEqual({ orders });
  });
});
