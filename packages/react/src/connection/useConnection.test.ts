// @vitest-environment jsdom
import type { StateChange } from "@streamer/client";
import { createElement } from "react";
import { expect, test } from "vitest";
import { StreamerProvider } from "../provider/streamerProvider.ts";
import { setUpApp } from "../testing/app.ts";
import { watch } from "../testing/watch.ts";
import { createConnectionStore } from "./connectionStore.ts";
import { useConnection } from "./useConnection.ts";

async function setUpShown() {
  const setup = await setUpApp();
  const { api } = setup;
  const shown = watch(() => useConnection(), { wrapper: ({ children }) => createElement(StreamerProvider, { client: api, children }) });
  return { ...setup, shown };
}

test("it follows the connection from the first attempt to its end", async () => {
  const { server, api, shown } = await setUpShown();
  expect(shown.current).toEqual({ state: "idle", lastError: undefined, retryInMs: undefined });
  await api.$client.connect();
  await shown.until(({ state }) => state === "open");
  (await server.accept()).drop();
  const { lastError } = await shown.until(({ state }) => state === "reconnecting");
  expect(lastError?.code).toBe("SERVICE_UNAVAILABLE");
  await shown.until(({ state }) => state === "open");
  await api.$client.close();
  await shown.until(({ state }) => state === "closed");
  expect(shown.shown[1]?.state).toBe("connecting");
});

test("it tells why an attempt failed and when the next one comes", async () => {
  const { server, api, shown } = await setUpShown();
  server.refuse(1);
  void api.$client.connect();
  const { state, lastError, retryInMs } = await shown.until((value) => value.retryInMs !== undefined);
  expect([state, lastError?.code, retryInMs]).toEqual(["connecting", "SERVICE_UNAVAILABLE", 0]);
});

test("two components share one state, which is the same object until it changes", async () => {
  const { api } = await setUpApp();
  const wrapper = ({ children }: { readonly children: React.ReactNode }) => createElement(StreamerProvider, { client: api, children });
  const shown = watch(() => [useConnection(), useConnection()] as const, { wrapper });
  await api.$client.connect();
  await shown.until(([first]) => first.state === "open");
  const differing = shown.shown.filter(([first, second]) => first !== second);
  expect(differing).toEqual([]);
  const value = shown.current[0];
  shown.rerender(undefined);
  expect(shown.current[0]).toBe(value);
});

test("a change that changes nothing is not told", () => {
  let change: (value: StateChange) => void = () => {};
  const client = {
    state: "open",
    lastError: undefined,
    onStateChange: (listener: typeof change) => ((change = listener), () => {}),
  } as const;
  const store = createConnectionStore(client);
  let told = 0;
  store.subscribe(() => (told += 1));
  const value = store.getState();
  change({ state: "open", lastError: undefined, retryInMs: undefined });
  expect([told, store.getState() === value]).toEqual([0, true]);
  change({ state: "open", lastError: undefined, retryInMs: 5 });
  expect([told, store.getState().retryInMs]).toEqual([1, 5]);
});
