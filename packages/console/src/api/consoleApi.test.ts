import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { createConsoleApi } from "./consoleApi.ts";

/** The API on a real server; `answer` says what that does. */
async function setUp(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const calls: {
    readonly method: string | undefined;
    readonly url: string | undefined;
    readonly headers: object;
    readonly body: string;
  }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      calls.push({ method: request.method, url: request.url, headers: request.headers, body });
      return answer(request, response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { calls, server, api: createConsoleApi({ baseUrl: `http://127.0.0.1:${port}/console/api/`, runToken: "run-1" }, { fetch }) };
}

const json = (status: number, body: unknown) => (_request: IncomingMessage, response: ServerResponse) =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

test("every call carries the run's token, and leaves out filters that are empty", async () => {
  const { api, calls } = await setUp(json(200, { items: [] }));
  await api.requests({ status: "failed", user: "", text: "a b", limit: 20 });
  expect(calls).toMatchObject([
    { method: "GET", url: "/console/api/requests?status=failed&text=a+b&limit=20", headers: { "x-streamer-console": "run-1" } },
  ]);
});

test("names in addresses are escaped, and a command is a POST of JSON", async () => {
  const { api, calls } = await setUp(json(200, {}));
  await api.commandRequest("a/b", "r 1", "kill-worker");
  await api.sendTo("c=", { type: "pong" });
  expect(calls).toMatchObject([
    { method: "POST", url: "/console/api/requests/a%2Fb/r%201/kill-worker", headers: { "content-type": "application/json" }, body: "{}" },
    { method: "POST", url: "/console/api/connections/c%3D/send", body: '{"type":"pong"}' },
  ]);
});

test("what the stack says of a failure is what the error says", async () => {
  const { api } = await setUp(json(409, { error: { code: "NOT_RUNNING", message: "No worker has it." } }));
  await expect(api.commandRequest("t", "r", "kill-worker")).rejects.toMatchObject({ code: "NOT_RUNNING", message: "No worker has it." });
});

test.each([
  [401, "FORBIDDEN", /another run.*Reload/],
  [403, "FORBIDDEN", /another run.*Reload/],
  [500, "UNEXPECTED", /answered 500/],
])("an answer %i without a reason is told as %s", async (status, code, message) => {
  const { api } = await setUp((_request, response) => void response.writeHead(status).end("<html>"));
  await expect(api.flow()).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
});

test("a stack that is not there is told as such", async () => {
  const { api, server } = await setUp(json(200, {}));
  server.close();
  server.closeAllConnections();
  await expect(api.app()).rejects.toMatchObject({ code: "UNREACHABLE", message: expect.stringContaining("streamer dev") as string });
});

test("a call that is taken back rejects with its reason", async () => {
  const { api } = await setUp(() => {});
  const stopping = new AbortController();
  const app = api.app(stopping.signal);
  stopping.abort(new Error("left the page"));
  await expect(app).rejects.toThrow("left the page");
});
