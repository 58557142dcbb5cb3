// @vitest-environment jsdom
import { act, cleanup, render } from "@testing-library/react";
import { Activity, createElement } from "react";
import type { ReactElement } from "react";
import { expect, onTestFinished, test, vi } from "vitest";
import { useConnection } from "../connection/useConnection.ts";
import { clientOptions, setUpConnectedApp } from "../testing/app.ts";
import type { App } from "../testing/app.ts";
import { progress } from "../testing/messages.ts";
import { startScriptedServer } from "../testing/scriptedServer.ts";
import { useRequests } from "../requests/useRequests.ts";
import type { UseRequestsResult } from "../requests/useRequests.ts";
import { useAction } from "../useAction.ts";
import type { UseActionResult } from "../useAction.ts";
import { StreamerProvider } from "./streamerProvider.ts";

test("a provider that is hidden closes its client, and has another when it is shown again", async () => {
  const server = await startScriptedServer();
  const options = clientOptions(server);
  const opened = Promise.withResolvers<void>();
  const Opened = (): null => {
    if (useConnection().state === "open") opened.resolve();
    return null;
  };
  const page = (mode: "visible" | "hidden"): ReactElement =>
    createElement(Activity, { mode, children: createElement(StreamerProvider, { options, children: createElement(Opened) }) });
  const { rerender } = render(page("visible"));
  onTestFinished(cleanup);
  const first = await server.accept();
  await opened.promise;
  rerender(page("hidden"));
  expect(await first.closed).toBe(1_000);
  rerender(page("visible"));
  await server.accept();
  expect(server.upgrades).toBe(2);
});

test("a component that is hidden and shown again reads up what it missed, and shows again what it did, not what was reset", async () => {
  const { api, connection } = await setUpConnectedApp();
  const told: number[] = [];
  const shown: UseActionResult<App["generateReport"]>[] = [];
  const Report = (): null => {
    shown.push(useAction(api.generateReport, { resume: "r1", onProgress: ({ percentage }) => void told.push(percentage) }));
    return null;
  };
  const page = (mode: "visible" | "hidden"): ReactElement => createElement(Activity, { mode, children: createElement(Report) });
  const until = (percentage: number): Promise<void> => vi.waitFor(() => expect(shown.at(-1)?.percentage).toBe(percentage), { interval: 1 });
  const { rerender } = render(page("visible"));
  onTestFinished(cleanup);
  await connection.next();
  connection.send({ type: "subscribed", request_id: "r1", status: "processing", updates: [progress(1), progress(2)], more: false });
  await until(2);
  rerender(page("hidden"));
  connection.send(progress(3));
  rerender(page("visible"));
  await until(3);
  expect(told).toEqual([1, 2, 3]);
  act(() => shown.at(-1)?.reset());
  rerender(page("hidden"));
  rerender(page("visible"));
  expect(shown.at(-1)?.status).toBe("idle");
  expect(connection.unread).toEqual([]);
});

test("a list that is hidden while it is fetched is fetched when it is shown again", async () => {
  const { api, connection } = await setUpConnectedApp();
  const shown: UseRequestsResult[] = [];
  const List = (): null => {
    shown.push(useRequests());
    return null;
  };
  const page = (mode: "visible" | "hidden"): ReactElement =>
    createElement(StreamerProvider, { client: api, children: createElement(Activity, { mode, children: createElement(List) }) });
  const { rerender } = render(page("visible"));
  onTestFinished(cleanup);
  await connection.next();
  rerender(page("hidden"));
  rerender(page("visible"));
  const { id } = await connection.next();
  connection.send({ type: "response", request_id: id as string, success: true, data: { items: [] } });
  await vi.waitFor(() => expect(shown.at(-1)?.loading).toBe(false), { interval: 1 });
});
