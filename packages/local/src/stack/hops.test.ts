import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { HOP_NAMES } from "../hops/names.ts";
import type { HopsEvent, RequestChange } from "../hops/index.ts";
import { startLocalStack } from "./startLocalStack.ts";
import type { LocalStack } from "./startLocalStack.ts";

const FUNCTIONS_DIR = resolve(import.meta.dirname, "../../../functions");
const TIMEOUT_MS = 60_000;
/** The stream is read a moment after the client has its answer. */
const SOON = { timeout: 10_000 };
let dataDir: string;
let stack: LocalStack;
const changes: RequestChange[] = [];
const events: HopsEvent[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-hops-"));
  stack = await startLocalStack({ functionsDir: FUNCTIONS_DIR, dataDir, port: 0 });
  stack.hops.onChange((change) => changes.push(change));
  stack.hops.subscribe((event) => events.push(event));
}, TIMEOUT_MS);
afterAll(async () => {
  await stack.stop();
  await rm(dataDir, { recursive: true });
});

interface Client {
  readonly types: string[];
  send(message: object): void;
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  end(): void;
}

async function connect(): Promise<Client> {
  const token = await stack.key.mint({ user: "ada", tenant: "ac/me", permissions: [], expiresIn: "1h" });
  const socket = new WebSocket(`${stack.websocketUrl}?Authorization=${token}`);
  const types: string[] = [];
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<number>();
  socket.on("open", opened.resolve);
  socket.on("error", opened.reject);
  socket.on("close", closed.resolve);
  socket.on("message", (data: Buffer) => types.push((JSON.parse(data.toString()) as { type?: string }).type ?? ""));
  await opened.promise;
  return { types, send: (message) => socket.send(JSON.stringify(message)), closed: closed.promise, end: () => socket.terminate() };
}

const SECRET = "a word that no hop may hold";
const echo = (id: string) => ({ id, action: "echo", payload: { message: SECRET } });
const report = (id: string) => ({ id, action: "generate_report", payload: { start_date: "2024-01-01", end_date: "2024-01-02" } });
const hopsOf = (id: string) => stack.hops.timelineOf("ac/me", id);
const whatOf = (id: string) => hopsOf(id).map(({ hop, what }) => `${hop}: ${what}`);

test("a request is seen at each hop from its frame to its end", { timeout: TIMEOUT_MS }, async () => {
  const client = await connect();
  client.send(report("r1"));
  await vi.waitFor(() => expect(client.types).toContain("complete"), { timeout: 30_000 });
  await vi.waitFor(() => expect(whatOf("r1")).toEqual(expect.arrayContaining(["end: completed", "worker: attempt 1 ends"])), SOON);
  client.end();
  expect(new Set(hopsOf("r1").map(({ hop }) => hop))).toEqual(new Set(HOP_NAMES));
  const seen = whatOf("r1");
  const order = [
    "gateway: frame in",
    "table: put",
    "pipe: record: pending",
    "bus: event: pending",
    "queue: message",
    "worker: attempt 1 starts",
  ];
  expect(seen.filter((what) => order.includes(what))).toEqual(order);
  expect(seen).toContain("post: complete posted");
  expect(hopsOf("r1").find(({ what }) => what === "attempt 1 ends")).toMatchObject({ durationMs: expect.any(Number) as number });
  expect(changes).toContainEqual(
    expect.objectContaining({ requestId: "r1", tenantId: "ac/me", userId: "ada", status: "completed", attempts: 1 }),
  );
  expect(events).toContainEqual({ type: "connections" });
  const rows = events.flatMap((event) => (event.type === "request" && event.row.requestId === "r1" ? [event.row] : []));
  expect(rows.at(-1)).toMatchObject({ tenantId: "ac/me", userId: "ada", action: "generate_report", status: "completed" });
});

test("one that is answered at once ends with its answer; a refused one says why; nothing holds what was sent", async () => {
  const client = await connect();
  client.send(echo("e1"));
  client.send({ id: "e2", action: "echo", payload: { message: 7, note: SECRET } });
  await vi.waitFor(() => expect(client.types).toHaveLength(2), SOON);
  client.end();
  expect(whatOf("e1")).toEqual(["gateway: frame in", "router: response", "post: response answered", "end: completed"]);
  expect(changes).toContainEqual(expect.objectContaining({ requestId: "e1", status: "completed", attempts: 0, userId: "ada" }));
  expect(changes).toContainEqual(expect.objectContaining({ requestId: "e2", code: "VALIDATION_ERROR" }));
  expect(JSON.stringify([hopsOf("e1"), hopsOf("e2"), events])).not.toContain(SECRET);
});

test("the flow has counts and latencies of each hop, depths of each queue, and what ended", async () => {
  const flow = await stack.flow();
  for (const { hop, total } of flow.hops)
    expect({ hop, total }).toEqual({ hop, total: expect.toSatisfy((many: number) => many > 0) as number });
  const measured = flow.hops.filter(({ p50Ms }) => p50Ms !== undefined).map(({ hop }) => hop);
  expect(measured).toEqual(["router", "table", "pipe", "bus", "queue", "worker", "update", "post", "end"]);
  expect(flow.hops.find(({ hop }) => hop === "worker")).toMatchObject({ inFlight: 0 });
  expect(flow.queues).toContainEqual({ action: "generate_report", waiting: 0, running: 0, deadLetters: 0 });
  expect(flow.series.reduce((sum, { ended }) => sum + ended, 0)).toBeGreaterThanOrEqual(2);
});

test("the worker of a request can be killed: its attempt ends as a crash", { timeout: TIMEOUT_MS }, async () => {
  const client = await connect();
  client.send(report("k1"));
  await vi.waitFor(() => expect(whatOf("k1")).toContain("worker: attempt 1 starts"), SOON);
  expect(stack.killWorker("ac/me", "k1")).toBe(true);
  await vi.waitFor(() => expect(hopsOf("k1").find(({ what }) => what === "attempt 1 ends")?.trouble).toBe("crash"), SOON);
  expect(stack.killWorker("ac/me", "k1")).toBe(false);
  expect(stack.killWorker("another tenant", "k1")).toBe(false);
  client.end();
});

test("a connection's socket can be cut: the client sees no close frame", async () => {
  const client = await connect();
  await vi.waitFor(() => expect(stack.openConnections().size).toBeGreaterThan(0));
  const [id = ""] = [...stack.openConnections()].slice(-1);
  expect(stack.dropConnection(id)).toBe(true);
  expect(await client.closed).toBe(1006);
  expect(stack.dropConnection(id)).toBe(false);
});

test("chaos can be switched on and off in a stack that was started without", { timeout: TIMEOUT_MS }, async () => {
  expect(stack.chaosView().on).toBe(false);
  expect(Object.values(stack.chaosView().counts).every((count) => count === 0)).toBe(true);
  const quiet = Object.fromEntries(Object.keys(stack.chaosView().rates).map((kind) => [kind, 0]));
  await stack.changeChaos({ rates: quiet });
  expect(stack.chaosView()).toMatchObject({ on: false, rates: { call_throttled: 0 } });
  expect(await stack.changeChaos({ on: true, rates: { call_throttled: 1 } })).toMatchObject({
    on: true,
    rates: { ...quiet, call_throttled: 1 },
  });
  const client = await connect().catch(() => undefined);
  client?.send(echo("c1"));
  await vi.waitFor(() => expect(stack.chaosView().counts["call_throttled"]).toBeGreaterThan(0), SOON);
  await expect(stack.changeChaos({ on: false, rates: { call_throttled: 2 } })).rejects.toThrow(RangeError);
  expect(stack.chaosView().on).toBe(true);
  await stack.changeChaos({ on: false });
  const calm = await connect();
  calm.send(echo("c2"));
  await vi.waitFor(() => expect(calm.types).toEqual(["response"]), SOON);
  calm.end();
  client?.end();
});
