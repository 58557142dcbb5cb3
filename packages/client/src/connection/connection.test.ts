import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, test } from "vitest";
import { StreamerClient } from "../streamerClient.ts";
import type { ScriptedConnection } from "../testing/scriptedServer.ts";
import { setUp, setUpConnected } from "../testing/setup.ts";

const opened = { state: "open", lastError: undefined, retryInMs: undefined };

describe("connecting", () => {
  test("the version and the token are offered as subprotocols", async () => {
    const { connection } = await setUpConnected({ token: "head.body.sign" });
    expect(connection.protocols).toEqual(["streamer.v1", "streamer.jwt.head.body.sign"]);
  });

  test("the state goes from idle over connecting to open, and to closed by close()", async () => {
    const { client, changes } = await setUp();
    expect(client.state).toBe("idle");
    await client.connect();
    expect(client.state).toBe("open");
    await client.close();
    expect(changes.map(({ state }) => state)).toEqual(["connecting", "open", "closed"]);
  });

  test("a request connects by itself", async () => {
    const { client, server } = await setUp();
    client.submit("echo", {}, { id: "e1" });
    const connection = await server.accept();
    expect(await connection.next()).toMatchObject({ id: "e1", action: "echo" });
  });

  test("connecting twice opens one connection", async () => {
    const { client, server } = await setUp();
    await Promise.all([client.connect(), client.connect()]);
    expect(server.upgrades).toHaveLength(1);
  });

  test("the token function is asked at every attempt", async () => {
    let asked = 0;
    const { client, server } = await setUp({ token: () => Promise.resolve(`t${(asked += 1)}`) });
    server.refuse(2, 500);
    await client.connect();
    expect(server.upgrades.map(([, token]) => token)).toEqual(["streamer.jwt.t1", "streamer.jwt.t2", "streamer.jwt.t3"]);
  });

  test("a token that is refused with 401 is replaced by a fresh one", async () => {
    const tokens = ["expired", "fresh"];
    const { client, server } = await setUp({ token: () => tokens.shift() ?? "" });
    server.refuseToken("expired");
    await client.connect();
    expect((await server.accept()).protocols).toContain("streamer.jwt.fresh");
  });

  test("a token function that throws is asked again, and its failure is the last error", async () => {
    let asked = 0;
    const cause = new Error("the login page is down");
    const { client, change } = await setUp({
      token: () => {
        asked += 1;
        if (asked === 1) throw cause;
        return "a.b.c";
      },
    });
    const connecting = client.connect();
    const failed = await change(({ lastError }) => lastError !== undefined);
    expect(failed).toMatchObject({ state: "connecting", lastError: { code: "UNAUTHORIZED", cause } });
    await connecting;
    expect(client.lastError).toBeUndefined();
  });

  test("a token that cannot be sent counts as a failing token function", async () => {
    const tokens = ["not a token", "a.b.c"];
    const { client, change } = await setUp({ token: () => tokens.shift() ?? "" });
    const connecting = client.connect();
    expect((await change(({ lastError }) => lastError !== undefined)).lastError?.code).toBe("UNAUTHORIZED");
    await connecting;
  });

  test("a refused upgrade is tried again after 0 to 100 ms, doubling up to 30 s", async () => {
    const clock = createFakeClock();
    const { client, server, change } = await setUp({ clock, random: () => 1 });
    server.refuse(11, 500);
    const connecting = client.connect();
    const delays: (number | undefined)[] = [];
    for (let attempt = 1; attempt <= 11; attempt += 1) {
      const refused = await change(({ retryInMs }) => retryInMs !== undefined);
      expect(refused).toMatchObject({ state: "connecting", lastError: { code: "SERVICE_UNAVAILABLE", details: { close_code: 1006 } } });
      delays.push(refused.retryInMs);
      await clock.advance((refused.retryInMs ?? 0) - 1);
      expect(clock.pending, "the attempt must not begin early").toBe(1);
      await clock.advance(1);
    }
    expect(delays).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
    await connecting;
    expect(client.state).toBe("open");
  });

  test("the delay is a random part of its bound", async () => {
    const clock = createFakeClock();
    const { client, server, change } = await setUp({ clock, random: () => 0.25 });
    server.refuse(1, 500);
    void client.connect();
    expect((await change(({ retryInMs }) => retryInMs !== undefined)).retryInMs).toBe(25);
  });

  test("an upgrade that is not answered within 30 s is given up and tried again", async () => {
    const clock = createFakeClock();
    const { client, server, change } = await setUp({ clock });
    server.ignoreNext();
    const connecting = client.connect();
    await expect.poll(() => server.upgrades.length).toBe(1);
    await clock.advance(30_000);
    await change(({ retryInMs }) => retryInMs !== undefined);
    await clock.advance(0);
    await connecting;
    expect(server.upgrades).toHaveLength(2);
  });

  test("a server that chooses another protocol is refused, with an error that says so", async () => {
    class NewerSocket extends WebSocket {
      override get protocol(): string {
        return "streamer.v2";
      }
    }
    const { client, change } = await setUp({ WebSocket: NewerSocket });
    void client.connect();
    const { state, lastError } = await change(({ retryInMs }) => retryInMs !== undefined);
    expect(state).toBe("connecting");
    expect(lastError).toMatchObject({
      code: "SERVICE_UNAVAILABLE",
      details: { reason: "protocol", expected: "streamer.v1", spoken: "streamer.v2" },
      cause: new Error("The server speaks streamer.v2, this client streamer.v1. Use a version of @streamer/client for that server."),
    });
  });

  test("a token that is chosen as the protocol does not get into the error", async () => {
    class EchoingSocket extends WebSocket {
      override get protocol(): string {
        return "streamer.jwt.secret.secret.secret";
      }
    }
    const { client, change } = await setUp({ WebSocket: EchoingSocket, token: "secret.secret.secret" });
    void client.connect();
    const { lastError } = await change(({ retryInMs }) => retryInMs !== undefined);
    expect(lastError?.details).toMatchObject({ reason: "protocol", spoken: "another protocol" });
    expect(String(lastError?.cause)).not.toContain("secret");
  });

  test("an address that is not one of a WebSocket is refused at once", () => {
    for (const url of ["https://example.com", "example.com", ""]) {
      expect(() => new StreamerClient(url, { token: "t" })).toThrow(TypeError);
    }
  });
});

describe("reconnecting", () => {
  test.each([1001, 1008, 1011, 1012])("close code %i leads to a new connection", async (code) => {
    const { client, server, connection, change } = await setUpConnected();
    connection.close(code);
    const lost = await change(({ state }) => state === "reconnecting");
    expect(lost.lastError).toMatchObject({ code: "SERVICE_UNAVAILABLE", details: { close_code: code, opened: true } });
    await server.accept();
    expect(await change(({ state }) => state === "open")).toEqual(opened);
    expect(client.lastError).toBeUndefined();
  });

  test("a broken socket leads to a new connection with a fresh token", async () => {
    const tokens = ["first", "second"];
    const { server, connection } = await setUpConnected({ token: () => tokens.shift() ?? "" });
    connection.drop();
    expect((await server.accept()).protocols).toEqual(["streamer.v1", "streamer.jwt.second"]);
  });

  test("connect() while reconnecting resolves when the connection is open again", async () => {
    const clock = createFakeClock();
    const { client, connection, change } = await setUpConnected({ clock });
    connection.drop();
    await change(({ state }) => state === "reconnecting");
    const connecting = client.connect();
    await clock.advance(0);
    await connecting;
    expect(client.state).toBe("open");
  });

  test("why the server disconnects is the last error while reconnecting", async () => {
    const { connection, change } = await setUpConnected();
    connection.send({ type: "error", error: { code: "UNAUTHORIZED", message: "…", retryable: false }, final: true });
    expect(await change(({ lastError }) => lastError !== undefined)).toMatchObject({ state: "open", lastError: { code: "UNAUTHORIZED" } });
    connection.drop();
    expect(await change(({ state }) => state === "reconnecting")).toMatchObject({ lastError: { code: "UNAUTHORIZED" } });
    expect(await change(({ state }) => state === "open")).toEqual(opened);
  });

  test("what a newer server says in an error that this client does not know is kept in its words", async () => {
    const { connection, change } = await setUpConnected();
    const error = { code: "CLIENT_TOO_OLD", message: "Update the client.", retryable: false, details: { minimum: "2.0.0" } };
    connection.send({ type: "error", error, final: true });
    expect(await change(({ lastError }) => lastError !== undefined)).toMatchObject({
      lastError: {
        code: "SERVICE_UNAVAILABLE",
        details: { reason: "server", code: "CLIENT_TOO_OLD", message: "Update the client.", minimum: "2.0.0" },
      },
    });
    connection.drop();
    expect((await change(({ state }) => state === "reconnecting")).lastError?.details).toMatchObject({ code: "CLIENT_TOO_OLD" });
  });

  test("connections that end within 5 s make the delay grow; one that lived longer makes it short again", async () => {
    const clock = createFakeClock();
    const { client, server, change } = await setUp({ clock, random: () => 1 });
    void client.connect();
    const delays: (number | undefined)[] = [];
    for (const livedMs of [0, 0, 5_000, 0]) {
      const connection = await server.accept();
      await change(({ state }) => state === "open");
      await clock.advance(livedMs);
      connection.drop();
      const { retryInMs } = await change(({ state }) => state === "reconnecting");
      delays.push(retryInMs);
      await clock.advance(retryInMs ?? 0);
    }
    expect(delays).toEqual([100, 200, 100, 200]);
  });
});

describe("keeping alive", () => {
  test("five minutes without a frame from the server are ended by a ping", async () => {
    const clock = createFakeClock();
    const { connection } = await setUpConnected({ clock });
    await clock.advance(299_999);
    expect(connection.unread).toEqual([]);
    await clock.advance(1);
    expect(await connection.next()).toEqual({ type: "ping" });
  });

  test("the next ping comes five minutes after the answer", async () => {
    const clock = createFakeClock();
    const { client, connection } = await setUpConnected({ clock });
    await clock.advance(300_000);
    await connection.next();
    connection.send({ type: "pong" });
    await roundTrip(client, connection);
    await clock.advance(299_999);
    expect(connection.unread).toEqual([]);
    await clock.advance(1);
    expect(await connection.next()).toEqual({ type: "ping" });
  });

  test("a frame from the server puts the ping off", async () => {
    const clock = createFakeClock();
    const { client, connection } = await setUpConnected({ clock });
    await clock.advance(200_000);
    await roundTrip(client, connection);
    await clock.advance(299_999);
    expect(connection.unread).toEqual([]);
    await clock.advance(1);
    expect(await connection.next()).toEqual({ type: "ping" });
  });

  test("a ping that is not answered within 30 s means a new connection", async () => {
    const clock = createFakeClock();
    const { server, connection, change } = await setUpConnected({ clock });
    await clock.advance(300_000);
    await connection.next();
    await clock.advance(30_000);
    expect(await change(({ state }) => state === "reconnecting")).toMatchObject({ lastError: { details: { close_code: 1006 } } });
    await clock.advance(0);
    await server.accept();
    expect(server.upgrades).toHaveLength(2);
  });
});

describe("closing", () => {
  test("close() closes with 1000 and resolves when the connection is closed", async () => {
    const { client, connection } = await setUpConnected();
    await client.close();
    expect(await connection.closed).toBe(1000);
  });

  test("close() while a delay is running ends the attempts", async () => {
    const clock = createFakeClock();
    const { client, server, change } = await setUp({ clock });
    server.refuse(1, 500);
    void client.connect();
    await change(({ retryInMs }) => retryInMs !== undefined);
    await client.close();
    expect(clock.pending).toBe(0);
  });

  test("close() while the token is being fetched opens nothing", async () => {
    const token = Promise.withResolvers<string>();
    let sockets = 0;
    class CountedWebSocket extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        sockets += 1;
      }
    }
    const { client } = await setUp({ token: () => token.promise, WebSocket: CountedWebSocket });
    void client.connect();
    await client.close();
    token.resolve("a.b.c");
    await new Promise((resolve) => void setImmediate(resolve));
    expect(sockets).toBe(0);
  });

  test("a closing handshake that is not answered is waited for 5 s", async () => {
    const clock = createFakeClock();
    const { client, server } = await setUp({ clock });
    server.ignoreNext();
    const connecting = client.connect();
    await expect.poll(() => server.upgrades.length).toBe(1);
    const closing = client.close();
    await clock.advance(5_000);
    await closing;
    await expect(connecting).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", details: { reason: "client_closed" } });
  });

  test("a closed client stays closed", async () => {
    const { client } = await setUpConnected();
    await client.close();
    await expect(client.connect()).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE", details: { reason: "client_closed" } });
    expect(client.state).toBe("closed");
  });
});

async function roundTrip(client: StreamerClient, connection: ScriptedConnection): Promise<void> {
  const handle = client.submit("echo", {}, { id: "round-trip" });
  await connection.next();
  connection.send({ type: "response", request_id: "round-trip", success: true, data: null });
  await handle.result();
}
