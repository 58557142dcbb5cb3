import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { createClient } from "@streamer/client";
import type { WebSocketConstructor } from "@streamer/client";
import { createElement } from "react";
import type { ReactElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, onTestFinished, test, vi } from "vitest";
import { useBatch } from "./batch/useBatch.ts";
import { useConnection } from "./connection/useConnection.ts";
import { useStreamer } from "./provider/streamerContext.ts";
import { StreamerProvider } from "./provider/streamerProvider.ts";
import { useRequests } from "./requests/useRequests.ts";
import type { App } from "./testing/app.ts";
import { useTopic } from "./topic/useTopic.ts";
import { useAction } from "./useAction.ts";
import { useRequest } from "./useRequest.ts";

/** Shows what every hook gives. */
function Page(): ReactElement {
  const api = useStreamer<App>();
  const report = useAction(api.generateReport, { resume: "r1" });
  const other = useRequest(api.generateReport, "r2");
  const { state } = useConnection();
  const { requests, loading } = useRequests({}, { live: true });
  const topic = useTopic("requests");
  const batch = useBatch(api.generateReport, { resume: { id: "b1", size: 2 } });
  return createElement("p", {}, JSON.stringify([report.status, other.status, state, requests, loading, topic.state, batch.items]));
}

const EXPECTED = "<p>[&quot;idle&quot;,&quot;idle&quot;,&quot;idle&quot;,[],true,&quot;idle&quot;,[]]</p>";

test("a server renders idle, and no WebSocket is made", () => {
  let sockets = 0;
  const Counted = function counted(): void {
    sockets += 1;
  } as unknown as WebSocketConstructor;
  const options = { url: "ws://127.0.0.1:1", token: "a.b.c", WebSocket: Counted };
  const api = createClient<App>(options);
  expect(renderToString(createElement(StreamerProvider, { client: api, children: createElement(Page) }))).toBe(EXPECTED);
  expect(renderToString(createElement(StreamerProvider, { options, children: createElement(Page) }))).toBe(EXPECTED);
  expect(api.$client.state).toBe("idle");
  expect(sockets).toBe(0);
});

test("a server whose runtime has no WebSocket renders too", () => {
  vi.stubGlobal("WebSocket", undefined);
  onTestFinished(() => void vi.unstubAllGlobals());
  const options = { url: "ws://127.0.0.1:1", token: "a.b.c" };
  expect(renderToString(createElement(StreamerProvider, { options, children: createElement(Page) }))).toBe(EXPECTED);
});

test("Node imports it without a bundler, and is not kept running by it", async () => {
  const code = 'console.log(Object.keys(await import("@streamer/react")).join())';
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@streamer/source", "--input-type=module", "-e", code], {
    cwd: join(import.meta.dirname, ".."),
  });
  expect(stdout.trim()).toBe(
    "StreamerProvider,mutationOptions,useAction,useBatch,useConnection,useRequest,useRequests,useStreamer,useTopic",
  );
});
