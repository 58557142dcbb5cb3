import { createFakeClock } from "@streamer/protocol/testing";
import { describe, expect, test } from "vitest";
import { setUp, setUpConnected, setUpRunning } from "../testing/setup.ts";
import { browserNetwork } from "./network.ts";
import type { Network } from "./network.ts";

/** A network that a test switches. */
function switched(online: boolean): Network & { set(online: boolean): void; readonly listeners: number } {
  const listeners = new Set<() => void>();
  return {
    isOnline: () => online,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    set(now) {
      online = now;
      for (const listener of listeners) listener();
    },
    get listeners() {
      return listeners.size;
    },
  };
}

describe("without a network", () => {
  test("nothing is tried; when it is back, at once", async () => {
    const clock = createFakeClock();
    const network = switched(false);
    const { client, server, changes } = await setUp({ clock, network });
    const connecting = client.connect();
    expect(client.state).toBe("offline");
    expect(client.lastError).toMatchObject({ code: "SERVICE_UNAVAILABLE", details: { reason: "offline" } });
    expect([clock.pending, server.upgrades.length]).toEqual([0, 0]);
    network.set(true);
    await connecting;
    expect(changes.map(({ state }) => state)).toEqual(["offline", "connecting", "open"]);
    expect(client.lastError).toBeUndefined();
  });

  test("an open connection is given up at once, and requests go on where they were when it is back", async () => {
    const network = switched(true);
    const { client, server, handle, changes } = await setUpRunning({ network });
    network.set(false);
    expect([client.state, handle.stale]).toEqual(["offline", true]);
    client.submit("echo", {}, { id: "e1" });
    network.set(true);
    const second = await server.accept();
    const frames = [await second.next(), await second.next()];
    expect(frames).toMatchObject([{ type: "subscribe", request_id: "r1" }, { id: "e1" }]);
    expect(changes.map(({ state }) => state)).toEqual(["connecting", "open", "offline", "reconnecting", "open"]);
  });

  test("a socket that breaks is not replaced", async () => {
    const clock = createFakeClock();
    let online = true;
    const { server, connection, change } = await setUpConnected({ clock, network: { isOnline: () => online, onChange: () => () => {} } });
    online = false;
    connection.drop();
    await change(({ state }) => state === "offline");
    await clock.advance(60_000);
    expect(server.upgrades).toHaveLength(1);
  });

  test("an attempt under way is given up", async () => {
    const network = switched(true);
    const { client, server } = await setUp({ network });
    server.ignoreNext();
    const connecting = client.connect();
    await expect.poll(() => server.upgrades.length).toBe(1);
    network.set(false);
    network.set(true);
    await connecting;
    expect(server.upgrades).toHaveLength(2);
  });
});

test("a network that is back ends the waiting for the next attempt", async () => {
  const clock = createFakeClock();
  const network = switched(true);
  const { client, server, change } = await setUp({ clock, network, random: () => 1 });
  server.refuse(1, 500);
  const connecting = client.connect();
  await change(({ retryInMs }) => retryInMs === 100);
  network.set(true);
  await connecting;
  expect(clock.now()).toBe(Date.UTC(2026, 0, 1));
});

test("close() stops listening to the network", async () => {
  const network = switched(true);
  const { client } = await setUpConnected({ network });
  expect(network.listeners).toBe(1);
  await client.close();
  expect(network.listeners).toBe(0);
});

describe("what a browser says", () => {
  function scope(onLine: boolean | undefined) {
    const target = new EventTarget();
    return Object.assign(target, { navigator: onLine === undefined ? {} : { onLine } });
  }

  test("decides, and its events are heard until that is stopped", () => {
    const browser = scope(false);
    const network = browserNetwork("wss://api.example.com", browser);
    expect(network.isOnline()).toBe(false);
    let heard = 0;
    const stop = network.onChange(() => (heard += 1));
    browser.dispatchEvent(new Event("online"));
    browser.dispatchEvent(new Event("offline"));
    stop();
    browser.dispatchEvent(new Event("online"));
    expect(heard).toBe(2);
  });

  test.each(["ws://localhost:4000", "ws://127.0.0.1:4000", "ws://[::1]:4000"])("does not count for %s, which needs no network", (url) => {
    expect(browserNetwork(url, scope(false)).isOnline()).toBe(true);
  });

  test("is taken as online where nothing is said, as in Node", () => {
    expect(browserNetwork("wss://api.example.com", scope(undefined)).isOnline()).toBe(true);
    expect(browserNetwork("wss://api.example.com", {}).isOnline()).toBe(true);
  });
});
