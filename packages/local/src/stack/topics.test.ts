import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { only } from "../chaos/testing/testEngine.ts";
import type { ChaosOptions } from "../chaos/types.ts";
import type { LogLine } from "./logging.ts";
import { startLocalStack } from "./startLocalStack.ts";
import type { LocalStack } from "./startLocalStack.ts";

const FUNCTIONS_DIR = resolve(import.meta.dirname, "../../../functions");
const TIMEOUT_MS = 60_000;
const TOLD = { timeout: 20_000, interval: 20 };
let dataDir: string;
let stack: LocalStack;
let logs: LogLine[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-topics-"));
  logs = [];
});
afterEach(async () => {
  await stack.stop();
  await rm(dataDir, { recursive: true });
});

interface Told {
  readonly id: string;
  readonly data: { readonly request_id: string; readonly status: string };
}

/** Subscribes to the topic of one's own requests and submits some; gives what comes of the topic, as it comes. */
async function submitAndListen(requestIds: readonly string[], chaos?: ChaosOptions): Promise<readonly Told[]> {
  stack = await startLocalStack({ functionsDir: FUNCTIONS_DIR, dataDir, port: 0, chaos, log: (line) => logs.push(line) });
  const token = await stack.key.mint({ user: "ada", tenant: "acme", permissions: [], expiresIn: "1h" });
  const socket = new WebSocket(`${stack.websocketUrl}?Authorization=${token}`);
  const told: Told[] = [];
  const subscribed = Promise.withResolvers<void>();
  socket.on("open", () => socket.send(JSON.stringify({ type: "subscribe_topic", topic: "requests" })));
  socket.on("error", subscribed.reject);
  socket.on("message", (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as { type: string; events?: readonly Told[] };
    if (frame.type === "subscribed_topic") subscribed.resolve();
    if (frame.type === "error") subscribed.reject(new Error(`It was answered with: ${data.toString()}`));
    told.push(...(frame.events ?? []));
  });
  await subscribed.promise;
  const payload = { start_date: "2024-01-01", end_date: "2024-01-02" };
  for (const id of requestIds) socket.send(JSON.stringify({ id, action: "generate_report", payload }));
  return told;
}

const idsOf = (told: readonly Told[], status: string): readonly string[] =>
  told.filter(({ data }) => data.status === status).map(({ data }) => data.request_id);

test(
  "what becomes of requests goes by the rule, the queue and the notifier to who listens, in batches",
  { timeout: TIMEOUT_MS },
  async () => {
    const requestIds = Array.from({ length: 12 }, (_, index) => `r${index}`);
    const told = await submitAndListen(requestIds);
    await vi.waitFor(() => expect(idsOf(told, "completed").toSorted()).toEqual(requestIds.toSorted()), { ...TOLD, timeout: 40_000 });
    expect(idsOf(told, "pending").toSorted()).toEqual(requestIds.toSorted());
    const batches = logs.filter(({ source, message }) => source === "notifier" && message === "metrics");
    expect(batches.length).toBeGreaterThan(0);
    expect(batches.length).toBeLessThan(2 * requestIds.length);
  },
);

test("faults strike what the notifier is told, each message for itself", { timeout: TIMEOUT_MS }, async () => {
  const told = await submitAndListen(["r1"], { seed: 3, rates: only({ event_duplicated: 1, message_duplicated: 1 }), maxDelayMs: 20 });
  await vi.waitFor(() => expect(idsOf(told, "completed").length).toBeGreaterThan(1), TOLD);
  expect(new Set(told.filter(({ data }) => data.status === "completed").map(({ id }) => id)).size).toBe(1);
  const struck = logs.filter(({ source }) => source === "chaos").map(({ fields }) => `${String(fields["kind"])} ${String(fields["key"])}`);
  expect(struck).toEqual(expect.arrayContaining(["event_duplicated notifier acme/ada/r1", "message_duplicated notifier acme/ada/r1"]));
});
