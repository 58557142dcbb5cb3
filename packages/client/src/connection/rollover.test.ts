import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, test } from "vitest";
import { collect, complete, progress, sequenceOf, setUp, setUpConnected, setUpRunning, when } from "../testing/setup.ts";
import type { ScriptedConnection } from "../testing/scriptedServer.ts";

const OPTIONS = { rolloverAfterMs: 100_000 };
/** With the jitter that `random: () => 0` gives. */
const ROLLOVER_MS = 95_000;

/** `r1` is acknowledged on the first connection, and the second has just been opened. */
async function setUpRolledOver() {
  const clock = createFakeClock();
  const setup = await setUpRunning({ ...OPTIONS, clock });
  await clock.advance(ROLLOVER_MS);
  return { ...setup, clock, second: await setup.server.accept() };
}

function subscribed(connection: ScriptedConnection, numbers: readonly number[]): void {
  const updates = numbers.map((n) => progress(n));
  connection.send({ type: "subscribed", request_id: "r1", status: "processing", updates, more: false });
}

describe("before the platform ends a connection", () => {
  test.each([0, 0.5, 1])("another is opened at 110 minutes, give or take 5 %% (drawn: %d)", async (drawn) => {
    const clock = createFakeClock();
    const { client, server } = await setUp({ clock, random: () => drawn });
    await client.connect();
    const connection = await server.accept();
    const afterMs = 110 * 60_000 * (0.95 + drawn / 10);
    for (let passedMs = 0; passedMs < afterMs;) {
      const stepMs = Math.min(240_000, afterMs - passedMs);
      await clock.advance(stepMs - 1);
      expect(server.upgrades, `after ${passedMs + stepMs - 1} ms`).toHaveLength(1);
      // The server is heard of, so that no ping is due.
      const id = `at-${passedMs}`;
      const handle = client.submit("echo", {}, { id });
      await connection.next();
      connection.send({ type: "response", request_id: id, success: true, data: null });
      await handle.result();
      await clock.advance(1);
      passedMs += stepMs;
    }
    await server.accept();
    expect(server.upgrades).toHaveLength(2);
    expect(client.state).toBe("open");
  });

  test("the other one has a fresh token, and the state stays open", async () => {
    const clock = createFakeClock();
    const tokens = ["first", "second"];
    const { server, connection, changes } = await setUpConnected({ ...OPTIONS, clock, token: () => tokens.shift() ?? "" });
    await clock.advance(ROLLOVER_MS);
    expect((await server.accept()).protocols).toEqual(["streamer.v1", "streamer.jwt.second"]);
    expect(await connection.closed, "nothing is expected from it").toBe(1000);
    expect(changes.map(({ state }) => state)).toEqual(["connecting", "open"]);
  });

  test("what is open is subscribed to on the new one, and the old one closed when that is answered", async () => {
    const { handle, connection, second } = await setUpRolledOver();
    expect(await second.next()).toEqual({ type: "subscribe", request_id: "r1", after: 0 });
    connection.send(progress(1));
    await when(handle, () => handle.status === "running");
    expect(handle.stale, "nothing was missed").toBe(false);
    subscribed(second, [1, 2]);
    expect(await connection.closed).toBe(1000);
    second.send(complete("done"));
    expect((await collect(handle)).map(({ sequence }) => sequence)).toEqual([sequenceOf(1), sequenceOf(2)]);
  });

  test("what comes on both is shown once, in order, whichever is faster", async () => {
    const { handle, connection, second } = await setUpRolledOver();
    await second.next();
    connection.send(progress(1));
    await when(handle, () => handle.status === "running");
    second.send(progress(1));
    second.send(progress(2));
    connection.send(progress(3));
    subscribed(second, [1]);
    connection.send(progress(2));
    second.send(progress(3));
    second.send(progress(4));
    second.send(complete("done"));
    // Whether the update that skipped one came first is up to the sockets; the answer to what it then asked for is the same.
    const asked = second.next().then(() => subscribed(second, [1, 2, 3, 4]));
    expect((await collect(handle)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4].map((n) => sequenceOf(n)));
    await Promise.race([asked, handle.result()]);
  });

  test("pages that bring only what came live already do not stop the client from asking on", async () => {
    const { handle, connection, second } = await setUpRolledOver();
    await second.next();
    connection.send(progress(1));
    connection.send(progress(2));
    await when(handle, () => handle.status === "running");
    second.send({ type: "subscribed", request_id: "r1", status: "processing", updates: [progress(1)], more: true });
    expect(await second.next()).toMatchObject({ type: "subscribe" });
    subscribed(second, [2, 3]);
    second.send(complete("done"));
    expect((await collect(handle)).map(({ sequence }) => sequence)).toEqual([1, 2, 3].map((n) => sequenceOf(n)));
  });

  test("the old one stays until what was sent on it is answered; new frames go to the new one", async () => {
    const clock = createFakeClock();
    const { client, server, connection } = await setUpRunning({ ...OPTIONS, clock });
    const before = client.submit("echo", {}, { id: "before" });
    await connection.next();
    await clock.advance(ROLLOVER_MS);
    const second = await server.accept();
    await second.next();
    subscribed(second, []);
    const after = client.submit("echo", {}, { id: "after" });
    expect(await second.next()).toMatchObject({ id: "after" });
    second.send({ type: "response", request_id: "after", success: true, data: 2 });
    expect(await after.result()).toBe(2);
    connection.send({ type: "response", request_id: "before", success: true, data: 1 });
    expect(await before.result()).toBe(1);
    expect(await connection.closed).toBe(1000);
    expect([connection.unread, second.unread]).toEqual([[], []]);
  });

  test("a request that is acknowledged on the old one afterwards is subscribed to on the new one", async () => {
    const clock = createFakeClock();
    const { client, server, connection } = await setUpConnected({ ...OPTIONS, clock });
    client.submit("generate_report", {}, { id: "r1" });
    await connection.next();
    await clock.advance(ROLLOVER_MS);
    const second = await server.accept();
    connection.send({ type: "acknowledgment", request_id: "r1", status: "pending" });
    expect(await second.next()).toEqual({ type: "subscribe", request_id: "r1", after: 0 });
    subscribed(second, []);
    expect(await connection.closed).toBe(1000);
  });

  test("what is not answered on the old one within 30 s is sent again on the new one", async () => {
    const clock = createFakeClock();
    const { client, server, connection } = await setUpConnected({ ...OPTIONS, clock });
    client.submit("generate_report", {}, { id: "r1" });
    const frame = await connection.next();
    await clock.advance(ROLLOVER_MS);
    const second = await server.accept();
    await client.connect();
    await expect.poll(() => clock.pending).toBe(4);
    await clock.advance(30_000);
    expect(await second.next()).toEqual(frame);
    expect(await connection.closed).toBe(1000);
  });

  test("an old one that breaks before it has answered has its frames sent again on the new one", async () => {
    const clock = createFakeClock();
    const { client, server, connection, changes } = await setUpConnected({ ...OPTIONS, clock });
    client.submit("generate_report", {}, { id: "r1" });
    const frame = await connection.next();
    await clock.advance(ROLLOVER_MS);
    const second = await server.accept();
    connection.drop();
    expect(await second.next()).toEqual(frame);
    expect(changes.map(({ state }) => state)).toEqual(["connecting", "open"]);
  });
});

describe("when the other connection", () => {
  test("is refused, it is tried again, and the first is used until then", async () => {
    const clock = createFakeClock();
    const { client, server, connection } = await setUpConnected({ ...OPTIONS, clock });
    server.refuse(2, 500);
    await clock.advance(ROLLOVER_MS);
    for (const upgrades of [2, 3, 4]) {
      await expect
        .poll(async () => {
          await clock.advance(0);
          return server.upgrades.length;
        })
        .toBeGreaterThanOrEqual(upgrades);
      expect(client.state).toBe("open");
    }
    await server.accept();
    expect(await connection.closed).toBe(1000);
  });

  test("breaks while the first is still there, that is used again, and nothing is missed", async () => {
    const { handle, connection, second, changes, server, clock } = await setUpRolledOver();
    await second.next();
    second.drop();
    // Told on the first all the time, so there is nothing to ask for.
    await second.closed;
    connection.send(progress(1));
    await when(handle, () => handle.status === "running");
    expect(handle.stale).toBe(false);
    await expect
      .poll(async () => {
        await clock.advance(0);
        return server.upgrades.length;
      })
      .toBe(3);
    const third = await server.accept();
    expect(await third.next()).toEqual({ type: "subscribe", request_id: "r1", after: sequenceOf(1) });
    subscribed(third, []);
    expect(await connection.closed).toBe(1000);
    expect(changes.map(({ state }) => state)).toEqual(["connecting", "open"]);
  });

  test("is not open when the first breaks, that is a loss like any other", async () => {
    const clock = createFakeClock();
    const { handle, server, connection, change } = await setUpRunning({ ...OPTIONS, clock });
    server.ignoreNext();
    await clock.advance(ROLLOVER_MS);
    await expect.poll(() => server.upgrades.length).toBe(2);
    connection.drop();
    await change(({ state }) => state === "reconnecting");
    expect(handle.stale).toBe(true);
    await clock.advance(0);
    const third = await server.accept();
    expect(await third.next()).toEqual({ type: "subscribe", request_id: "r1", after: 0 });
  });
});

test("close() closes both", async () => {
  const { client, connection, second } = await setUpRolledOver();
  await second.next();
  await client.close();
  expect([await connection.closed, await second.closed]).toEqual([1000, 1000]);
});
