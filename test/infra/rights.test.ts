import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalStack } from "@streamer/local";
import type { LocalStack } from "@streamer/local";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { FUNCTIONS_DIR } from "../support/localStack.ts";
import { startPlainEngine } from "../support/plainEngine.ts";
import { connectWire } from "../support/wireClient.ts";
import type { WireClient } from "../support/wireClient.ts";
import { startRecordingProxy } from "./rights/recordingProxy.ts";
import type { RecordingProxy } from "./rights/recordingProxy.ts";
import { rightsOf } from "./rights/rightsOf.ts";
import { synth } from "./synth/synth.ts";
import type { Synth } from "./synth/synth.ts";

/** The rights of a deployment, held against the calls that the same functions make on this machine. */
let app: Synth;
let proxy: RecordingProxy;
let stack: LocalStack;
const ended: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  app = await synth({ stage: "prod" });
  const engine = await startPlainEngine();
  ended.push(() => engine.stop());
  proxy = await startRecordingProxy(engine.endpoint);
  ended.push(() => proxy.stop());
  const dataDir = await mkdtemp(join(tmpdir(), "streamer-rights-"));
  ended.push(() => rm(dataDir, { recursive: true, force: true }));
  stack = await startLocalStack({ functionsDir: FUNCTIONS_DIR, dataDir, port: 0, dynamodbEndpoint: proxy.endpoint });
  ended.push(() => stack.stop());
  await story();
});
afterAll(async () => {
  for (const end of ended.toReversed()) await end();
});

const token = () => stack.key.mint({ user: "ada", tenant: "acme", permissions: ["requests:read"], expiresIn: "1h" });
const connect = async (): Promise<WireClient> => connectWire(stack.websocketUrl, await token());
const report = { start_date: "2024-01-01", end_date: "2024-01-02" };
const ofType = (type: string) => (frame: Readonly<Record<string, unknown>>) => frame["type"] === type;
const answerTo = (id: string) => (frame: Readonly<Record<string, unknown>>) => frame["type"] === "response" && frame["request_id"] === id;

/** A bit of all that clients may ask for. */
async function story(): Promise<void> {
  const ada = await connect();
  ada.send({ type: "subscribe_topic", topic: "requests" });
  await ada.waitFor(ofType("subscribed_topic"));
  ada.send({ type: "authenticate", token: await token() });
  await ada.waitFor(ofType("authenticated"));

  ada.send({ id: "r1", action: "generate_report", payload: report });
  await ada.waitFor(ofType("acknowledgment"));
  const other = await connect();
  other.send({ type: "subscribe", request_id: "r1" });
  await other.waitFor(ofType("subscribed"));
  await ada.untilEnd("r1");
  await ada.waitFor(ofType("event"));

  ada.send({ type: "submit_batch", batch_id: "b", action: "generate_report", first: 0, payloads: [report, report] });
  await ada.waitFor((frame) => frame["reply_to"] === "submit_batch");
  other.send({ type: "subscribe_batch", batch_id: "b", first: 0, count: 2 });
  await other.waitFor((frame) => frame["reply_to"] === "subscribe_batch");
  ada.send({ type: "cancel_batch", batch_id: "b", first: 0, count: 2 });
  await ada.waitFor((frame) => frame["reply_to"] === "cancel_batch");

  const items = Array.from({ length: 200 }, (_, index) => ({ id: `i${index}`, data: { text: "x".repeat(40) } }));
  ada.send({ id: "r2", action: "bulk_operation", payload: { operation: "put", items } });
  await ada.untilEnd("r2");
  for (const action of ["health", "list_requests"]) {
    ada.send({ id: action, action, payload: {} });
    await ada.waitFor(answerTo(action));
  }
  ada.send({ id: "tenant", action: "list_requests", payload: { scope: "tenant" } });
  await ada.waitFor(answerTo("tenant"));

  other.send({ type: "subscribe_topic", topic: "tenant:requests" });
  await other.waitFor(ofType("subscribed_topic"));
  await other.close();
  ada.send({ type: "unsubscribe_topic", topic: "requests" });
  await ada.waitFor(ofType("unsubscribed_topic"));
  await ada.close();
  // Nothing tells a client when its disconnect is through.
  await vi.waitFor(() => expect(proxy.used.get("disconnect") ?? []).toContain("dynamodb:Query index/gsi3"), { timeout: 10_000 });
}

const pascal = (name: string): string => name.replaceAll(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** What a function's role permits on the table and its indexes, in the words of `rightsOf`. */
function permitted(name: string): ReadonlySet<string> {
  const table = `:table/${String(app.get("aws:dynamodb/table:Table").inputs["name"])}`;
  const rights = app.statements(`Streamer${pascal(name)}Role`).flatMap(({ Action, Resource = [] }) =>
    Resource.filter((arn) => arn.includes(table)).flatMap((arn) => {
      const rest = arn.slice(arn.indexOf(table) + table.length + 1);
      return Action.map((action) => `${action} ${rest === "" ? "table" : rest}`);
    }),
  );
  return new Set(rights);
}

test.each(["connect", "disconnect", "router", "notifier", "process_generate_report", "process_bulk_operation"])(
  "each call that %s makes to the table is permitted",
  (name) => {
    const used = [...(proxy.used.get(name) ?? [])];
    expect(used).not.toEqual([]);
    expect(used.filter((right) => !permitted(name).has(right))).toEqual([]);
  },
);

test("what the story is to bring about, it does: batches, transactions, lists and topics are among the calls", () => {
  const calls = (...operations: readonly string[]) =>
    expect.arrayContaining(operations.map((operation) => `dynamodb:${operation}`)) as unknown;
  expect([...(proxy.used.get("router") ?? [])]).toEqual(
    calls("BatchGetItem table", "BatchWriteItem table", "PutItem table", "Query index/gsi1", "Query index/gsi2", "Query index/gsi3"),
  );
  expect([...(proxy.used.get("disconnect") ?? [])]).toEqual(calls("DeleteItem table", "Query index/gsi3"));
  expect([...(proxy.used.get("notifier") ?? [])]).toEqual(calls("Query table"));
  expect([...(proxy.used.get("process_bulk_operation") ?? [])]).toEqual(calls("BatchWriteItem table"));
});

test("connect may do on the table what it does, and no more", () => {
  expect(permitted("connect")).toEqual(proxy.used.get("connect"));
});

test("a transaction takes the rights of its parts, and a query of an index those of the index", () => {
  expect(rightsOf("TransactWriteItems", { TransactItems: [{ Put: {} }, { ConditionCheck: {} }] })).toEqual([
    "dynamodb:PutItem table",
    "dynamodb:ConditionCheckItem table",
  ]);
  expect(rightsOf("Query", { IndexName: "gsi1" })).toEqual(["dynamodb:Query index/gsi1"]);
  expect(rightsOf("GetItem", {})).toEqual(["dynamodb:GetItem table"]);
});
