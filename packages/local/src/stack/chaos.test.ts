import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { only } from "../chaos/testing/testEngine.ts";
import type { ChaosOptions } from "../chaos/types.ts";
import type { LogLine } from "./logging.ts";
import { startLocalStack } from "./startLocalStack.ts";
import type { LocalStack } from "./startLocalStack.ts";

const FUNCTIONS_DIR = resolve(import.meta.dirname, "../../../functions");
const TIMEOUT_MS = 60_000;
let dataDir: string;
let stack: LocalStack | undefined;
let logs: LogLine[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "streamer-chaos-"));
  logs = [];
});
afterEach(async () => {
  await stack?.stop();
  await rm(dataDir, { recursive: true });
});

async function start(chaos?: ChaosOptions): Promise<LocalStack> {
  stack = await startLocalStack({ functionsDir: FUNCTIONS_DIR, dataDir, port: 0, chaos, log: (line) => logs.push(line) });
  return stack;
}

/** Sends one message, on a socket of its own, and collects the types of what comes until one of them is as awaited. */
async function ask({ websocketUrl, key }: LocalStack, message: object, until: string): Promise<readonly string[]> {
  const token = await key.mint({ user: "ada", tenant: "acme", permissions: [], expiresIn: "1h" });
  const socket = new WebSocket(`${websocketUrl}?Authorization=${token}`);
  const types: string[] = [];
  const done = Promise.withResolvers<void>();
  socket.on("open", () => socket.send(JSON.stringify(message)));
  socket.on("message", (data: Buffer) => {
    const { type, message: gatewayMessage } = JSON.parse(data.toString()) as { type?: string; message?: string };
    types.push(type ?? gatewayMessage ?? "");
    if (types.at(-1) === until) done.resolve();
    // Nothing more comes of a message that could not be handled.
    if (type === undefined || type === "error") done.reject(new Error(`It was answered with: ${types.join(", ")}.`));
  });
  socket.on("error", done.reject);
  socket.on("close", () => done.reject(new Error("The socket closed.")));
  await done.promise;
  socket.terminate();
  return types;
}

const echo = (id: string) => ({ id, action: "echo", payload: { message: "hi" } });
const report = (id: string) => ({ id, action: "generate_report", payload: { start_date: "2024-01-01", end_date: "2024-01-02" } });

test("a stack whose every sandbox crashes at its start starts, and works once it is calm", { timeout: TIMEOUT_MS }, async () => {
  const running = await start({ seed: 3, rates: only({ sandbox_crashed_at_start: 1 }) });
  await expect(ask(running, echo("r1"), "response")).rejects.toThrow("500");
  running.chaos?.calm();
  expect(await ask(running, echo("r2"), "response")).toEqual(["response"]);
  expect(running.chaos).toMatchObject({ seed: 3 });
  expect(running.chaos?.counts.sandbox_crashed_at_start).toBeGreaterThan(0);
});

test("a hurt stack ends a request once, and says what it did to it", { timeout: TIMEOUT_MS }, async () => {
  const duplicates = { record_duplicated: 1, event_duplicated: 1, message_duplicated: 1 };
  const running = await start({ seed: 3, rates: only({ ...duplicates, post_slow: 1 }), maxDelayMs: 20 });
  const types = await ask(running, report("r1"), "complete");
  expect(types.filter((type) => type === "complete")).toHaveLength(1);
  // One record became two, each of those two events, and each of those was handled twice.
  await vi.waitFor(() => expect(running.chaos?.counts.message_duplicated).toBeGreaterThanOrEqual(4), { timeout: 5_000 });
  const lines = logs.filter(({ source }) => source === "chaos");
  expect(lines).toContainEqual(expect.objectContaining({ level: "info", fields: { kind: "post_slow", key: "r1" } }));
  expect(JSON.stringify(lines)).not.toContain("2024-01-01");
});

test("the functions' calls are hurt, and those of the stack itself are not", { timeout: TIMEOUT_MS }, async () => {
  const running = await start({ seed: 3, rates: only({ call_throttled: 1 }) });
  await ask(running, echo("r1"), "response").catch(() => undefined);
  expect(running.chaos?.counts.call_throttled).toBeGreaterThan(0);
  const client = new DynamoDBClient({
    endpoint: running.dynamodbEndpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  await client.send(new DescribeTableCommand({ TableName: running.tableName }));
  client.destroy();
  running.chaos?.calm();
  expect(await ask(running, echo("r2"), "response")).toEqual(["response"]);
});
