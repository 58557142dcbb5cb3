// @vitest-environment jsdom
import { createElement, useEffect } from "react";
import type { ReactElement, ReactNode } from "react";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { useConnection } from "../connection/useConnection.ts";
import { clientOptions, setUpApp } from "../testing/app.ts";
import type { App } from "../testing/app.ts";
import { complete } from "../testing/messages.ts";
import { startScriptedServer } from "../testing/scriptedServer.ts";
import { watch } from "../testing/watch.ts";
import { useAction } from "../useAction.ts";
import { useStreamer } from "./streamerContext.ts";
import { StreamerProvider } from "./streamerProvider.ts";
import type { StreamerProviderProps } from "./streamerProvider.ts";

function providing(props: Omit<StreamerProviderProps, "children">) {
  return function Wrapper({ children }: { readonly children: ReactNode }): ReactElement {
    return createElement(StreamerProvider, { ...(props as StreamerProviderProps), children });
  };
}

describe("with options", () => {
  test("it connects when it is mounted, and closes with 1000 when it is unmounted", async () => {
    const server = await startScriptedServer();
    const shown = watch(() => useConnection(), { wrapper: providing({ options: clientOptions(server) }) });
    const connection = await server.accept();
    await shown.until(({ state }) => state === "open");
    shown.unmount();
    expect(await connection.closed).toBe(1_000);
    expect(server.upgrades).toBe(1);
  });

  test("StrictMode does not connect twice, nor close what is in use", async () => {
    const server = await startScriptedServer();
    const useSubmitted = () => {
      const api = useStreamer<App>();
      const report = useAction(api.generateReport);
      const { submit } = report;
      useEffect(() => void submit({ pages: 3 }, { id: "r1" }), [submit]);
      return { api, report };
    };
    const shown = watch(useSubmitted, { wrapper: providing({ options: clientOptions(server) }), strict: true });
    const connection = await server.accept();
    expect(await connection.next()).toMatchObject({ type: "request", id: "r1" });
    connection.send(complete({ url: "u" }));
    await shown.until(({ report }) => report.status === "completed");
    expect(new Set(shown.shown.map(({ api }) => api)).size).toBe(1);
    expect(server.upgrades).toBe(1);
    shown.unmount();
    expect(await connection.closed).toBe(1_000);
  });

  test("another rendering with other options keeps the client", async () => {
    const server = await startScriptedServer();
    const shown = watch(() => useStreamer<App>(), {
      wrapper: ({ children }) => createElement(StreamerProvider, { options: clientOptions(server), children }),
    });
    await server.accept();
    shown.rerender(undefined);
    expect(new Set(shown.shown).size).toBe(1);
    expect(server.upgrades).toBe(1);
  });
});

describe("with a client", () => {
  test("it is the one that is given, and it is neither connected nor closed", async () => {
    const { server, api } = await setUpApp();
    const shown = watch(() => useStreamer<App>(), { wrapper: providing({ client: api }) });
    expect(shown.current).toBe(api);
    expect(api.$client.state).toBe("idle");
    await api.$client.connect();
    await server.accept();
    shown.unmount();
    await Promise.resolve();
    expect(api.$client.state).toBe("open");
  });
});

test("outside a provider the hooks say what is missing", () => {
  // React, and for 18 jsdom too, reports what a component throws.
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  const quiet = (event: Event): void => event.preventDefault();
  window.addEventListener("error", quiet);
  onTestFinished(() => {
    logged.mockRestore();
    window.removeEventListener("error", quiet);
  });
  expect(() => watch(() => useStreamer<App>())).toThrow("useStreamer was called outside a StreamerProvider.");
  expect(() => watch(() => useConnection())).toThrow("useConnection was called outside a StreamerProvider.");
});
