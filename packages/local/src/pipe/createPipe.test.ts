import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { pipeDefinition, requestEvent } from "@streamer/server";
import type { PipeDefinition } from "@streamer/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createEventBus } from "../bus/eventBus.ts";
import type { BusEvent, EventBus } from "../bus/eventBus.ts";
import type { Logger } from "../bus/logger.ts";
import { createFileCheckpoints } from "./checkpoints.ts";
import { createPipe } from "./createPipe.ts";
import type { Pipe } from "./createPipe.ts";
import type { PipeDeadLetter } from "./deadLetters.ts";
import { createStreamedTable, startOwnEngine } from "./engine.test.support.ts";
import type { Deliver } from "./pump.ts";

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let table: Awaited<ReturnType<typeof createStreamedTable>>;
let dataDir: string;
let events: BusEvent[];
let letters: PipeDeadLetter[];
let bus: EventBus;
let pipes: Pipe[];

beforeEach(async () => {
  table = await createStreamedTable();
  dataDir = await mkdtemp(join(tmpdir(), "streamer-pipe-"));
  events = [];
  letters = [];
  pipes = [];
  bus = createEventBus(
    {
      rules: [{ name: "all", pattern: { source: ["streamer"] }, targets: [async (event) => void events.push(event)] }],
      account: "000000000000",
      region: "eu-west-1",
    },
    { clock: systemClock, newId: () => crypto.randomUUID(), logger: silent },
  );
});

afterEach(async () => {
  for (const pipe of pipes) await pipe.stop();
  await bus.close();
  table.close();
  await rm(dataDir, { recursive: true });
});

function startPipe(options: { definition?: Partial<PipeDefinition>; deliver?: Deliver; nowMs?: number } = {}): Pipe {
  const { definition, deliver, nowMs } = options;
  const clock = nowMs === undefined ? systemClock : { ...systemClock, now: () => nowMs };
  const pipe = createPipe(
    { definition: { ...pipeDefinition, ...definition }, streamArn: table.streamArn, polling: { intervalMs: 5 } },
    {
      streams: table.streams,
      bus,
      checkpoints: createFileCheckpoints(dataDir),
      deadLetter: async (letter) => void letters.push(letter),
      clock,
      logger: silent,
      ...(deliver === undefined ? {} : { deliver }),
    },
  );
  pipe.start();
  pipes.push(pipe);
  return pipe;
}

const seen = () => events.map(({ detail }) => `${String(detail["request_id"])}:${String(detail["status"])}`);
const waitForEvents = (expected: readonly string[]) => vi.waitFor(() => expect(seen()).toEqual(expected), { timeout: 5_000, interval: 5 });

test("a new request becomes an event that processors can read", async () => {
  startPipe();
  await table.insert("r1", { payload: { S: "secret" } });
  await waitForEvents(["r1:pending"]);
  expect(await requestEvent["~standard"].validate(events[0])).toMatchObject({
    value: {
      id: events[0]?.id,
      source: "streamer",
      "detail-type": "streamer.request",
      detail: {
        request_id: "r1",
        tenant_id: "t1",
        user_id: "u1",
        action: "generate_report",
        status: "pending",
        attempt: 0,
        correlation_id: "c1",
      },
    },
  });
  expect(JSON.stringify(events)).not.toContain("secret");
});

test("transitions become events in their order, heartbeats and other entities do not", async () => {
  const pipe = startPipe();
  await table.insert("r1");
  await table.insert("u1", { __edb_e__: { S: "request_update" } });
  await table.set("r1", "status", { S: "processing" });
  for (let beat = 0; beat < 3; beat += 1) await table.set("r1", "lease_expires_at", { N: String(beat) });
  await table.set("r1", "status", { S: "retrying" });
  await table.set("r1", "status", { S: "processing" });
  await table.set("r1", "status", { S: "completed" });
  await table.set("r1", "status", { S: "pending" });
  await waitForEvents(["r1:pending", "r1:retrying", "r1:completed", "r1:pending"]);
  expect(pipe.stats).toMatchObject({ read: 10, filtered: 6, delivered: 4 });
});

test("a write that changes nothing is left out", async () => {
  const pipe = startPipe({ definition: { filters: [{ eventName: ["INSERT", "MODIFY"] }] } });
  await table.insert("r1");
  await table.set("r1", "status", { S: "pending" });
  await table.set("r1", "status", { S: "completed" });
  await waitForEvents(["r1:pending", "r1:completed"]);
  expect(pipe.stats.delivered).toBe(2);
});

test("a pipe that starts late or again reads on from its checkpoint and loses nothing", async () => {
  await table.insert("r1");
  await table.insert("r2");
  const first = startPipe();
  await waitForEvents(["r1:pending", "r2:pending"]);
  await first.stop();
  await table.insert("r3");
  await table.insert("r4");
  expect(seen()).toHaveLength(2);
  startPipe();
  await waitForEvents(["r1:pending", "r2:pending", "r3:pending", "r4:pending"]);
});

test("a pipe that was stopped can be started again", async () => {
  const pipe = startPipe();
  await table.insert("r1");
  await waitForEvents(["r1:pending"]);
  await pipe.stop();
  await table.insert("r2");
  pipe.start();
  await waitForEvents(["r1:pending", "r2:pending"]);
  expect(pipe.stats.delivered).toBe(2);
});

test("an engine that is killed and started again loses nothing for a pipe that keeps running", async () => {
  const database = join(dataDir, "table.db");
  let engine = await startOwnEngine(database);
  table.close();
  table = await createStreamedTable(engine.endpoint);
  try {
    const pipe = startPipe();
    await table.insert("r1");
    await waitForEvents(["r1:pending"]);
    await table.insert("r2");
    await engine.kill();
    engine = await startOwnEngine(database, engine.port);
    await table.insert("r3");
    await waitForEvents(["r1:pending", "r2:pending", "r3:pending"]);
    expect(pipe.stats.deadLettered).toBe(0);
    await pipe.stop();
  } finally {
    await engine.kill();
  }
});

test("a record that the bus never takes becomes a dead letter, and its neighbours arrive", async () => {
  await table.insert("r1");
  await table.insert("poison", { correlation_id: { S: "x".repeat(300 * 1024) } });
  await table.insert("r2");
  const pipe = startPipe({ definition: { maximumRetryAttempts: 1 } });
  await vi.waitFor(() => expect(letters).toHaveLength(1), { timeout: 5_000 });
  expect(letters[0]).toMatchObject({
    streamArn: table.streamArn,
    reason: "RetryAttemptsExhausted",
    errorCode: "ValidationException",
    attempts: 2,
  });
  await table.insert("r3");
  await waitForEvents(["r1:pending", "r2:pending", "r3:pending"]);
  expect(pipe.stats).toMatchObject({ delivered: 3, retried: 1, deadLettered: 1 });
  expect(JSON.stringify(letters)).not.toContain("xxx");
});

test("only what failed is sent again, until the bus takes it", async () => {
  let failures = 2;
  const sent: string[][] = [];
  const deliver: Deliver = async (items, send) => {
    sent.push(items.map(({ record }) => record.dynamodb.Keys["pk"]?.["S"] as string));
    const fails = failures-- > 0 ? items.filter(({ record }) => record.dynamodb.Keys["pk"]?.["S"] === "r2") : [];
    return [...(await send(items.filter((item) => !fails.includes(item)))), ...fails.map((item) => ({ item, errorCode: "Throttled" }))];
  };
  for (const id of ["r1", "r2", "r3"]) await table.insert(id);
  startPipe({ deliver });
  await waitForEvents(["r1:pending", "r3:pending", "r2:pending"]);
  expect(sent).toEqual([["r1", "r2", "r3"], ["r2"], ["r2"]]);
  expect(letters).toEqual([]);
});

test("a batch has at most so many records as the definition says", async () => {
  const sizes: number[] = [];
  for (let index = 0; index < 7; index += 1) await table.insert(`r${index}`);
  startPipe({ definition: { batchSize: 3 }, deliver: (items, send) => (sizes.push(items.length), send(items)) });
  await vi.waitFor(() => expect(events).toHaveLength(7), { timeout: 5_000 });
  expect(sizes).toEqual([3, 3, 1]);
});

test("a record older than the maximum age becomes a dead letter at once", async () => {
  await table.insert("r1");
  const pipe = startPipe({ nowMs: Date.now() + (pipeDefinition.maximumRecordAgeSeconds + 10) * 1000 });
  await vi.waitFor(() => expect(letters).toHaveLength(1), { timeout: 5_000 });
  expect(letters[0]).toMatchObject({ reason: "MaximumRecordAgeExceeded", attempts: 0 });
  expect(pipe.stats.delivered).toBe(0);
});

test("stopping finishes the batch under way and then nothing more is sent", async () => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let isHeld = false;
  const deliver: Deliver = async (items, send) => {
    isHeld = true;
    await held;
    return send(items);
  };
  for (let index = 0; index < 3; index += 1) await table.insert(`r${index}`);
  const pipe = startPipe({ definition: { batchSize: 1 }, deliver });
  await vi.waitFor(() => expect(isHeld).toBe(true), { timeout: 5_000 });
  const stopped = pipe.stop();
  release();
  await stopped;
  await bus.idle();
  expect(seen()).toEqual(["r0:pending"]);
  startPipe();
  await waitForEvents(["r0:pending", "r1:pending", "r2:pending"]);
});

test("stopping does not wait for a retry, and the batch comes again after the next start", async () => {
  let isTried = false;
  await table.insert("r1");
  const broken: Deliver = async (items) => {
    isTried = true;
    return items.map((item) => ({ item, errorCode: "Throttled" }));
  };
  const pipe = startPipe({ definition: { maximumRetryAttempts: 1_000 }, deliver: broken });
  await vi.waitFor(() => expect(isTried).toBe(true), { timeout: 5_000 });
  await pipe.stop();
  expect(letters).toEqual([]);
  startPipe();
  await waitForEvents(["r1:pending"]);
});

test.each([
  ["six filters", { filters: Array.from({ length: 6 }, () => ({ eventName: ["INSERT"] })) }, "at most 5 filters"],
  [
    "a filter that Pipes does not know",
    { filters: [{ eventName: [{ "anything-but": { prefix: "R" } }] }] },
    "does not know anything-but with prefix",
  ],
  ["a batch of eleven", { batchSize: 11 }, "1 to 10 records"],
  ["a template that is too long", { detail: { a: `$.${"x".repeat(8_192)}` } }, "at most 8192"],
])("a definition with %s is refused", (_what, definition, reason) => {
  const create = () =>
    createPipe(
      { definition: { ...pipeDefinition, ...definition }, streamArn: table.streamArn },
      {
        streams: table.streams,
        bus,
        checkpoints: createFileCheckpoints(dataDir),
        deadLetter: async () => {},
        clock: createFakeClock(),
        logger: silent,
      },
    );
  expect(create).toThrow(reason);
});
