import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { systemClock } from "@streamer/protocol";
import { afterEach, expect, test, vi } from "vitest";
import type { Logger } from "../bus/logger.ts";
import type { Checkpoint, CheckpointStore } from "./checkpoints.ts";
import { sequenceOf } from "./shardReader.ts";
import type { OnRecords } from "./shardReader.ts";
import { createStreamReader } from "./streamReader.ts";

/**
 * What no local engine does: several shards, iterators that expire, records that are trimmed. A server that speaks the JSON protocol of
 * DynamoDB streams plays it; the client is the real one.
 */
interface ScriptedShard {
  readonly id: string;
  readonly parent?: string;
  readonly records: string[];
  /** Gives null as the next iterator after its last record. */
  closed: boolean;
}
type Answer = "never" | { readonly status: number; readonly body: object };
type Fault = (operation: string, input: Record<string, string>) => Answer | undefined;

const error = (name: string): Answer => ({
  status: 400,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: "scripted" },
});
const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function startStream(shards: readonly ScriptedShard[], fault: Fault = () => undefined) {
  const calls: { operation: string; input: Record<string, string> }[] = [];
  function answer(operation: string, input: Record<string, string>): Answer {
    calls.push({ operation, input });
    const scripted = fault(operation, input);
    if (scripted !== undefined) return scripted;
    if (operation === "DescribeStream") {
      return {
        status: 200,
        body: { StreamDescription: { Shards: shards.map(({ id, parent }) => ({ ShardId: id, ParentShardId: parent })) } },
      };
    }
    const [shardId = "", from = "0"] = (input["ShardIterator"] ?? input["ShardId"] ?? "").split("@");
    const shard = shards.find(({ id }) => id === shardId);
    if (shard === undefined) return error("ResourceNotFoundException");
    if (operation === "GetShardIterator") {
      const at =
        input["ShardIteratorType"] === "TRIM_HORIZON"
          ? 0
          : shard.records.findIndex((sequence) => BigInt(sequence) > BigInt(input["SequenceNumber"] ?? 0));
      return { status: 200, body: { ShardIterator: `${shardId}@${at === -1 ? shard.records.length : at}` } };
    }
    const page = shard.records.slice(Number(from), Number(from) + 2);
    const next = Number(from) + page.length;
    const Records = page.map((SequenceNumber) => ({ eventName: "INSERT", dynamodb: { SequenceNumber } }));
    return {
      status: 200,
      body: { Records, NextShardIterator: shard.closed && next >= shard.records.length ? undefined : `${shardId}@${next}` },
    };
  }
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const answered = answer(String(request.headers["x-amz-target"]).split(".")[1] ?? "", JSON.parse(text) as Record<string, string>);
      if (answered === "never") return;
      const { status, body } = answered;
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const streams = new DynamoDBStreamsClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "r",
    maxAttempts: 1,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  closers.push(async () => {
    streams.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { streams, calls };
}

function memoryCheckpoints(initial: Record<string, Checkpoint> = {}) {
  const saved: Record<string, Checkpoint> = { ...initial };
  const store: CheckpointStore = {
    load: async (_arn, shardId) => saved[shardId],
    save: async (_arn, shardId, checkpoint) => void (saved[shardId] = checkpoint),
  };
  return { saved, store };
}

function startReader(streams: DynamoDBStreamsClient, checkpoints: CheckpointStore, onRecords?: OnRecords) {
  const seen: string[] = [];
  const stopping = new AbortController();
  const reader = createStreamReader(
    { streamArn: "arn:s", polling: { intervalMs: 1, maxIdleIntervalMs: 1 } },
    { streams, checkpoints, clock: systemClock, logger: silent },
    onRecords ??
      (async (shardId, records) => {
        for (const record of records) seen.push(`${shardId}:${sequenceOf(record)}`);
      }),
  );
  const done = reader.run(stopping.signal);
  const stop = async () => {
    stopping.abort();
    await done;
  };
  closers.unshift(stop);
  return { seen, stop };
}

test("a shard is read after its parent has ended, and shards without a listed parent at once", async () => {
  const parent: ScriptedShard = { id: "b-parent", parent: "trimmed", records: ["1", "2", "3"], closed: false };
  const { streams } = await startStream([{ id: "a-child", parent: "b-parent", records: ["10"], closed: false }, parent]);
  const { saved, store } = memoryCheckpoints();
  const { seen } = startReader(streams, store);
  await vi.waitFor(() => expect(seen).toEqual(["b-parent:1", "b-parent:2", "b-parent:3"]));
  parent.closed = true;
  await vi.waitFor(() => expect(seen).toEqual(["b-parent:1", "b-parent:2", "b-parent:3", "a-child:10"]));
  expect(saved["b-parent"]).toEqual({ sequenceNumber: "3", ended: true });
});

test("a shard that a checkpoint says has ended is not read again", async () => {
  const { streams, calls } = await startStream([
    { id: "parent", records: ["1"], closed: true },
    { id: "child", parent: "parent", records: ["2"], closed: false },
  ]);
  const { seen } = startReader(streams, memoryCheckpoints({ parent: { sequenceNumber: "1", ended: true } }).store);
  await vi.waitFor(() => expect(seen).toEqual(["child:2"]));
  expect(calls.filter(({ input }) => input["ShardId"] === "parent")).toEqual([]);
});

test("a closed shard whose last records were not done when it was stopped has not ended", async () => {
  const { streams } = await startStream([{ id: "s", records: ["1", "2"], closed: true }]);
  const { saved, store } = memoryCheckpoints();
  let isReading = false;
  const { stop } = startReader(streams, store, (_shardId, _records, signal) => {
    isReading = true;
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
  });
  await vi.waitFor(() => expect(isReading).toBe(true));
  await stop();
  expect(saved).toEqual({});
});

test("reading goes on after the checkpoint, compared as a number", async () => {
  const { streams } = await startStream([{ id: "s", records: ["8", "9", "10", "11"], closed: false }]);
  const { seen } = startReader(streams, memoryCheckpoints({ s: { sequenceNumber: "9" } }).store);
  await vi.waitFor(() => expect(seen).toEqual(["s:10", "s:11"]));
});

test("an expired iterator is opened again where reading was, and nothing comes twice", async () => {
  let expired = 0;
  const { streams } = await startStream([{ id: "s", records: ["1", "2", "3", "4"], closed: false }], (operation, input) =>
    operation === "GetRecords" && input["ShardIterator"] === "s@2" && expired++ === 0 ? error("ExpiredIteratorException") : undefined,
  );
  const { seen } = startReader(streams, memoryCheckpoints().store);
  await vi.waitFor(() => expect(seen).toEqual(["s:1", "s:2", "s:3", "s:4"]));
  expect(expired).toBeGreaterThan(0);
});

test("a checkpoint that was trimmed goes on at the oldest record", async () => {
  const { streams } = await startStream([{ id: "s", records: ["50", "51"], closed: false }], (operation, input) =>
    operation === "GetShardIterator" && input["ShardIteratorType"] === "AFTER_SEQUENCE_NUMBER"
      ? error("TrimmedDataAccessException")
      : undefined,
  );
  const { seen } = startReader(streams, memoryCheckpoints({ s: { sequenceNumber: "7" } }).store);
  await vi.waitFor(() => expect(seen).toEqual(["s:50", "s:51"]));
});

test("an engine that fails for a while is asked again", async () => {
  let failures = 3;
  const { streams } = await startStream([{ id: "s", records: ["1"], closed: false }], () =>
    failures-- > 0 ? { status: 500, body: { __type: "InternalServerError" } } : undefined,
  );
  const { seen } = startReader(streams, memoryCheckpoints().store);
  await vi.waitFor(() => expect(seen).toEqual(["s:1"]), { timeout: 5_000 });
});

test("stopping ends at once, also while the engine does not answer", async () => {
  let asked = 0;
  const { streams } = await startStream([{ id: "s", records: [], closed: false }], (operation) => {
    if (operation !== "GetRecords") return undefined;
    asked += 1;
    return "never";
  });
  const { seen, stop } = startReader(streams, memoryCheckpoints().store);
  await vi.waitFor(() => expect(asked).toBe(1));
  await stop();
  expect(seen).toEqual([]);
});
