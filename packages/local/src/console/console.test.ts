import { mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { startLocalStack } from "../stack/startLocalStack.ts";
import type { LocalStack } from "../stack/startLocalStack.ts";
import { CONSOLE_HEADER } from "./contract.ts";
import type {
  AppView,
  ChaosView,
  ConnectionView,
  ConsoleEvent,
  DeadLetters,
  FlowView,
  Page,
  RequestDetail,
  RequestRow,
} from "./contract.ts";
import { MAX_BODY_BYTES } from "./http/jsonBody.ts";

const FUNCTIONS_DIR = resolve(import.meta.dirname, "../../../functions");
const SOON = { timeout: 20_000, interval: 25 };
const REPORT = { start_date: "2024-01-01", end_date: "2024-01-02" };

let dataDir: string;
let stack: LocalStack;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-console-"));
  stack = await startLocalStack({ functionsDir: FUNCTIONS_DIR, dataDir, port: 0 });
}, 90_000);
afterAll(async () => {
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
});

interface CallOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const addressOf = (path: string): string => new URL(`console/api/${path}`, stack.consoleUrl).href;
const call = (path: string, { headers, ...init }: CallOptions = {}): Promise<Response> =>
  fetch(addressOf(path), { ...init, headers: { [CONSOLE_HEADER]: stack.console.token, ...headers } });
const post = (path: string, body: unknown = {}): Promise<Response> =>
  call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const get = async <Answer>(path: string): Promise<Answer> => (await (await call(path)).json()) as Answer;
async function refusalOf(response: Response): Promise<{ readonly status: number; readonly code: string; readonly message: string }> {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return { status: response.status, ...error };
}

/** As a browser would send it, with headers that `fetch` does not let one set. */
function raw(path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const { promise, resolve: done, reject } = Promise.withResolvers<number>();
  const sent = httpRequest(new URL(stack.consoleUrl), { path, headers }, (response) => {
    response.resume();
    done(response.statusCode ?? 0);
  });
  sent.on("error", reject).end();
  return promise;
}

/** A user of the stack, with a token from the API. */
async function connect(
  user: string,
): Promise<{ readonly socket: WebSocket; readonly frames: { readonly type: string }[]; readonly closed: Promise<number> }> {
  const { token } = (await (await post("token", { user, tenant: "acme", permissions: [] })).json()) as { token: string };
  const socket = new WebSocket(`${stack.websocketUrl}?Authorization=${token}`);
  const frames: { readonly type: string }[] = [];
  socket.on("message", (data: Buffer) => frames.push(JSON.parse(data.toString()) as { type: string }));
  const closed = new Promise<number>((settle) => void socket.once("close", settle));
  await new Promise<void>((settle, fail) => void socket.once("open", settle).once("error", fail));
  return { socket, frames, closed };
}
const connectionOf = async (user: string): Promise<ConnectionView> =>
  vi.waitFor(async () => {
    const found = (await get<Page<ConnectionView>>("connections")).items.find(({ userId }) => userId === user);
    if (found === undefined) throw new Error(`There is no connection of ${user} yet.`);
    return found;
  }, SOON);
const submit = (socket: WebSocket, id: string, action: string, payload: unknown): void =>
  socket.send(JSON.stringify({ id, action, payload }));
const untilStatus = (id: string, status: string): Promise<RequestDetail> =>
  vi.waitFor(async () => {
    const detail = await get<RequestDetail>(`requests/acme/${id}`);
    expect(detail.status).toBe(status);
    return detail;
  }, SOON);

describe("who is let in", () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ["no token", { [CONSOLE_HEADER]: "" }],
    ["a wrong token", { [CONSOLE_HEADER]: "x".repeat(43) }],
  ])("%s is refused", async (_, headers) => {
    expect(await refusalOf(await call("app", { headers }))).toMatchObject({ status: 403, code: "FORBIDDEN" });
  });

  test("a call without the header is refused, whatever it asks for, and told nothing of what there is", async () => {
    for (const path of ["app", "events", "nothing"]) expect((await fetch(addressOf(path))).status).toBe(403);
  });

  test("a foreign origin and a rebound host get nothing, with the token too", async () => {
    const token = { [CONSOLE_HEADER]: stack.console.token };
    expect(await raw("/console/api/app", token)).toBe(200);
    for (const path of ["/console/api/app", "/status.json", "/", "/assets/x.js"]) {
      expect(await raw(path, { ...token, origin: "https://evil.example" })).toBe(403);
      expect(await raw(path, { ...token, host: "evil.example" })).toBe(403);
      expect(await raw(path, { ...token, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" })).toBe(403);
    }
  });

  test("no answer allows other origins, not even when they ask", async () => {
    const preflight = await fetch(addressOf("app"), { method: "OPTIONS", headers: { "access-control-request-method": "GET" } });
    expect(preflight.status).toBe(403);
    for (const { headers } of [preflight, await call("app")]) {
      expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    }
  });

  test("each run has a token of its own", () => {
    expect(stack.console.token).toMatch(/^[\w-]{43}$/);
  });
});

describe("bad calls are refused in a sentence", () => {
  const json = { "content-type": "application/json" };
  test.each<[string, string, CallOptions, number, string]>([
    ["an unknown call", "nothing", {}, 404, "NOT_FOUND"],
    ["another method", "app", { method: "DELETE" }, 405, "METHOD_NOT_ALLOWED"],
    ["a GET of what changes something", "dead-letters/redrive", {}, 405, "METHOD_NOT_ALLOWED"],
    ["a body of another type", "token", { method: "POST", body: "{}", headers: { "content-type": "text/plain" } }, 415, "UNSUPPORTED_TYPE"],
    ["a body that is too large", "token", { method: "POST", body: `"${"x".repeat(MAX_BODY_BYTES)}"`, headers: json }, 413, "TOO_LARGE"],
    ["malformed JSON", "token", { method: "POST", body: "{", headers: json }, 422, "INVALID"],
    [
      "a field that is wrong",
      "token",
      { method: "POST", body: '{"user":"","tenant":"t","permissions":[]}', headers: json },
      422,
      "INVALID",
    ],
    ["a rate that is none", "chaos", { method: "POST", body: '{"rates":{"socket_cut":2}}', headers: json }, 422, "INVALID"],
    ["a fault that is none", "chaos", { method: "POST", body: '{"rates":{"bad_luck":1}}', headers: json }, 422, "INVALID"],
    ["a status that is none", "requests?status=lost", {}, 422, "INVALID"],
    ["a cursor of something else", "requests?cursor=abc", {}, 422, "INVALID"],
    ["an unknown request", "requests/acme/none", {}, 404, "NOT_FOUND"],
    ["a cancel of an unknown request", "requests/acme/none/cancel", { method: "POST", body: "{}", headers: json }, 404, "NOT_FOUND"],
    ["a redrive of an unknown request", "requests/acme/none/redrive", { method: "POST", body: "{}", headers: json }, 404, "NOT_FOUND"],
    ["a worker of an unknown request", "requests/acme/none/kill-worker", { method: "POST", body: "{}", headers: json }, 404, "NOT_FOUND"],
    ["the end of an unknown connection", "connections/none/disconnect", { method: "POST", body: "{}", headers: json }, 404, "NOT_FOUND"],
    ["the drop of an unknown connection", "connections/none/drop", { method: "POST", body: "{}", headers: json }, 404, "NOT_FOUND"],
    ["a message to an unknown connection", "connections/none/send", { method: "POST", body: "{}", headers: json }, 404, "NOT_FOUND"],
  ])("%s", async (_, path, options, status, code) => {
    const refusal = await refusalOf(await call(path, options));
    expect(refusal).toMatchObject({ status, code });
    expect(refusal.message).toMatch(/^[A-Z"].{10,}\.$/);
  });
});

describe("the page", () => {
  test("has the run's token, runs nothing of elsewhere, and is not kept", { timeout: 60_000 }, async () => {
    const response = await fetch(stack.consoleUrl);
    const html = await response.text();
    expect(html).toContain(`<meta name="streamer-console" content="${stack.console.token}" />`);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).not.toMatch(/unsafe|https?:\/\/(?!127\.0\.0\.1:\d+)|\*/);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(new URL(stack.websocketUrl).origin);
    // Nothing inline, which the policy would not let run.
    expect(html).not.toMatch(/<style|style=|<script(?![^>]* src=)/);

    const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)]
      .map(([, address = ""]) => address)
      .filter((one) => !one.startsWith("data:"));
    expect(assets.length).toBeGreaterThan(0);
    for (const asset of assets) {
      expect(asset).toMatch(/^\.\/assets\/[\w.-]+-[\w-]{8}\.(js|css)$/);
      const file = await fetch(new URL(asset, stack.consoleUrl));
      expect(file.status).toBe(200);
      expect(file.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(file.headers.get("content-type")).toMatch(/^text\/(javascript|css)/);
    }
  });

  test.each([
    "/assets/../package.json",
    "/assets/..%2f..%2fpackage.json",
    "/assets/%2e%2e/package.json",
    "/assets//etc/passwd",
    "/package.json",
    "/src/main.tsx",
    "/sources.sha256",
  ])("%s is nothing that is served", async (path) => {
    expect(await raw(path, {})).toBe(404);
  });

  test("doctor still finds how the stack is", async () => {
    expect(await (await fetch(new URL("/status.json", stack.consoleUrl))).json()).toMatchObject({ pipe: { running: true } });
  });
});

test("the app is told with its actions, a form and examples of each", async () => {
  const app = await get<AppView>("app");
  expect(app).toMatchObject({ stage: "local", websocketUrl: stack.websocketUrl, dataDir, chaos: { on: false } });
  expect(app.actions.map(({ name }) => name)).toContain("generate_report");
  for (const action of app.actions) {
    expect(action.inputSchema).toMatchObject({ type: "object" });
    expect(action.examples.some(({ error }) => error === undefined)).toBe(true);
    expect(action.examples.some(({ error }) => error === "VALIDATION_ERROR")).toBe(true);
  }
  expect(app.actions.find(({ name }) => name === "generate_report")).toMatchObject({ asynchronous: true, attempts: 4, timeoutMs: 600_000 });
});

test("a request is listed and shown with its hops, its updates and a link that works", { timeout: 60_000 }, async () => {
  const { socket } = await connect("lister");
  for (const id of ["list-1", "list-2", "list-3"]) submit(socket, id, "generate_report", REPORT);
  for (const id of ["list-1", "list-2", "list-3"]) await untilStatus(id, "completed");
  const detail = await untilStatus("list-2", "completed");
  expect(detail).toMatchObject({ tenantId: "acme", userId: "lister", payload: REPORT, percentage: 100, attempt: 1 });
  expect(detail.updates.at(-1)).toMatchObject({ kind: "progress", percentage: 100, attempt: 1 });
  expect(new Set(detail.timeline.map(({ hop }) => hop))).toEqual(
    new Set(["gateway", "router", "table", "pipe", "bus", "queue", "worker", "update", "post", "end"]),
  );
  expect((await fetch((detail.result as { url: string }).url)).status).toBe(200);

  const query = "requests?user=LISTER&status=completed&text=list-&limit=2";
  const first = await get<Page<RequestRow>>(query);
  expect(first.items).toHaveLength(2);
  const second = await get<Page<RequestRow>>(`${query}&cursor=${first.cursor ?? ""}`);
  expect(second.cursor).toBeUndefined();
  const rows = [...first.items, ...second.items];
  expect(rows.map(({ requestId }) => requestId).toSorted()).toEqual(["list-1", "list-2", "list-3"]);
  expect(rows.map(({ createdAt }) => createdAt)).toEqual(rows.map(({ createdAt }) => createdAt).toSorted((a, b) => b - a));
  expect((await get<Page<RequestRow>>("requests?user=lister&action=echo")).items).toEqual([]);
  expect(await refusalOf(await post("requests/acme/list-1/cancel"))).toMatchObject({ status: 409, code: "CONFLICT" });
  socket.close();
});

test("what failed is a dead letter, and is redriven one by one and all at once", { timeout: 60_000 }, async () => {
  const { socket } = await connect("failer");
  submit(socket, "fail-1", "process_data", { format: "json", data: '{"a":1}' });
  expect(await untilStatus("fail-1", "failed")).toMatchObject({ error: { code: "VALIDATION_ERROR" }, errorCode: "VALIDATION_ERROR" });
  const letters = (): Promise<DeadLetters> => get<DeadLetters>("dead-letters");
  await vi.waitFor(async () => expect((await letters()).requests).toMatchObject([{ requestId: "fail-1" }]), SOON);
  expect((await letters()).queues).toContainEqual({ queue: "process_data_dead_letters", messages: 0 });

  expect((await post("requests/acme/fail-1/redrive")).status).toBe(200);
  const again = await vi.waitFor(async () => {
    const detail = await untilStatus("fail-1", "failed");
    expect(detail.attempt).toBe(2);
    return detail;
  }, SOON);
  expect(again.updates.every(({ attempt }) => attempt <= 2)).toBe(true);
  await vi.waitFor(async () => expect((await letters()).requests).toHaveLength(1), SOON);
  expect(await (await post("dead-letters/redrive")).json()).toEqual({ redriven: 1 });
  socket.close();
});

test("a connection is shown, sent to, cut and ended", { timeout: 60_000 }, async () => {
  const { socket, frames, closed } = await connect("talker");
  socket.send(JSON.stringify({ type: "subscribe_topic", topic: "requests" }));
  await vi.waitFor(() => expect(frames).toContainEqual(expect.objectContaining({ type: "subscribed_topic" })), SOON);
  const { connectionId } = await connectionOf("talker");
  await vi.waitFor(
    async () => expect(await connectionOf("talker")).toMatchObject({ open: true, tenantId: "acme", topics: ["requests"] }),
    SOON,
  );

  expect((await post(`connections/${connectionId}/send`, { type: "pong" })).status).toBe(200);
  await vi.waitFor(() => expect(frames).toContainEqual(expect.objectContaining({ type: "pong" })), SOON);
  expect(await refusalOf(await post(`connections/${connectionId}/send`, { type: "nonsense" }))).toMatchObject({ status: 422 });
  expect((await post(`connections/${connectionId}/drop`)).status).toBe(200);
  expect(await closed).toBe(1006);

  const other = await connect("leaver");
  expect((await post(`connections/${(await connectionOf("leaver")).connectionId}/disconnect`)).status).toBe(200);
  expect(await other.closed).not.toBe(1006);
  expect(other.frames).toContainEqual(expect.objectContaining({ type: "error", final: true }));
});

test("chaos is switched on and off, at rates of one's own", { timeout: 60_000 }, async () => {
  const on = (await (await post("chaos", { on: true, rates: { socket_cut: 0, post_slow: 0.5 } })).json()) as ChaosView;
  expect(on).toMatchObject({ on: true, rates: { socket_cut: 0, post_slow: 0.5 } });
  expect((await (await post("chaos", { on: false })).json()) as ChaosView).toMatchObject({ on: false });
  expect(await get<ChaosView>("chaos")).toMatchObject({ on: false, rates: { post_slow: 0.5 } });
});

test("figures of the flow have every hop and two minutes", async () => {
  const flow = await get<FlowView>("flow");
  expect(flow.hops).toHaveLength(10);
  expect(flow.series).toHaveLength(120);
});

test("a worker is killed while it runs, and who follows sees it", { timeout: 60_000 }, async () => {
  const leaving = new AbortController();
  const stream = await fetch(addressOf("events"), { headers: { [CONSOLE_HEADER]: stack.console.token }, signal: leaving.signal });
  const events: ConsoleEvent[] = [];
  const reading = (async () => {
    let text = "";
    for await (const chunk of stream.body ?? []) {
      const blocks = (text + Buffer.from(chunk as Uint8Array).toString()).split("\n\n");
      text = blocks.pop() ?? "";
      events.push(...blocks.filter((block) => block.startsWith("data: ")).map((block) => JSON.parse(block.slice(6)) as ConsoleEvent));
    }
  })().catch(() => undefined);
  const { socket } = await connect("killer");
  submit(socket, "kill-1", "generate_report", { start_date: "2024-01-01", end_date: "2024-12-31" });
  await vi.waitFor(async () => expect((await post("requests/acme/kill-1/kill-worker")).status).toBe(200), { timeout: 20_000, interval: 5 });
  await vi.waitFor(
    () =>
      expect(events).toContainEqual({
        type: "hop",
        hop: expect.objectContaining({ requestId: "kill-1", trouble: expect.any(String) as string }) as object,
      }),
    SOON,
  );
  expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(["request", "hop", "flow", "connections"]));
  leaving.abort();
  await reading;
  socket.close();
});
