import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import { pipeDefinition } from "@streamer/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createEventBus } from "../bus/eventBus.ts";
import type { EventBus } from "../bus/eventBus.ts";
import { createFileCheckpoints } from "../pipe/checkpoints.ts";
import { createPipe } from "../pipe/createPipe.ts";
import type { Pipe } from "../pipe/createPipe.ts";
import { createStreamedTable } from "../pipe/engine.test.support.ts";
import type { ChaosEngine } from "./engine.ts";
import { createRecordFaults } from "./recordFaults.ts";
import { engineOf, oneOfEach, silent } from "./testing/testEngine.ts";

let table: Awaited<ReturnType<typeof createStreamedTable>>;
let dataDir: string;
let seen: string[];
let bus: EventBus;
let pipe: Pipe;
const clock = createFakeClock();

beforeEach(async () => {
  table = await createStreamedTable();
  dataDir = await mkdtemp(join(tmpdir(), "streamer-chaos-"));
  seen = [];
  const target = async ({ detail }: { detail: Readonly<Record<string, unknown>> }) => void seen.push(String(detail["request_id"]));
  bus = createEventBus(
    { rules: [{ name: "all", pattern: { source: ["streamer"] }, targets: [target] }], account: "000000000000", region: "eu-west-1" },
    { clock: systemClock, newId: () => crypto.randomUUID(), logger: silent },
  );
});
afterEach(async () => {
  await pipe.stop();
  await bus.close();
  table.close();
  await rm(dataDir, { recursive: true });
});

/** A pipe on the real engine's stream. Its chaos waits by a clock that stands still. */
function startPipe(engine: ChaosEngine): ChaosEngine {
  pipe = createPipe(
    { definition: pipeDefinition, streamArn: table.streamArn, polling: { intervalMs: 5 } },
    {
      streams: table.streams,
      bus,
      checkpoints: createFileCheckpoints(dataDir),
      deadLetter: async () => {},
      clock: systemClock,
      logger: silent,
      deliver: createRecordFaults(engine),
    },
  );
  pipe.start();
  return engine;
}

const until = (expected: readonly string[]) => vi.waitFor(() => expect(seen).toEqual(expected), { timeout: 5_000, interval: 5 });
const untilCounted = (count: () => number) => vi.waitFor(() => expect(count()).toBe(1), { timeout: 5_000, interval: 5 });

test("a dropped record is gone, and the pipe goes on", async () => {
  const { struck, spared } = oneOfEach("record_dropped", String);
  const { chaos } = startPipe(engineOf({ record_dropped: 0.5 }));
  await table.insert(struck);
  await table.insert(spared);
  await until([spared]);
  expect(chaos.counts.record_dropped).toBe(1);
  expect(pipe.stats.deadLettered).toBe(0);
});

test("a duplicated record becomes two events", async () => {
  const { chaos } = startPipe(engineOf({ record_duplicated: 1 }));
  await table.insert("r1");
  await until(["r1", "r1"]);
  expect(chaos.counts.record_duplicated).toBe(1);
});

test("a delayed record makes those behind it late", async () => {
  const { struck, spared } = oneOfEach("record_delayed", String);
  const { chaos } = startPipe(engineOf({ record_delayed: 0.5 }, { maxDelayMs: 10_000 }, clock));
  await table.insert(struck);
  await untilCounted(() => chaos.counts.record_delayed);
  await table.insert(spared);
  expect(seen).toEqual([]);
  await clock.advance(10_000);
  await until([struck, spared]);
});

test("a reordered record is overtaken by those behind it", async () => {
  const { struck, spared } = oneOfEach("record_reordered", String);
  const { chaos } = startPipe(engineOf({ record_reordered: 0.5 }, { maxDelayMs: 10_000 }, clock));
  await table.insert(struck);
  await table.insert(spared);
  await until([spared]);
  expect(chaos.counts.record_reordered).toBe(1);
  await clock.advance(10_000);
  await until([spared, struck]);
});

test("a record that is held back is delivered when chaos ends", async () => {
  const engine = startPipe(engineOf({ record_reordered: 1 }, { maxDelayMs: 10_000 }, clock));
  await table.insert("r1");
  await untilCounted(() => engine.chaos.counts.record_reordered);
  expect(seen).toEqual([]);
  await engine.stop();
  await until(["r1"]);
});

test("in calm every record comes once", async () => {
  const { chaos } = startPipe(engineOf({ record_dropped: 1, record_duplicated: 1, record_delayed: 1, record_reordered: 1 }, {}, clock));
  chaos.calm();
  await table.insert("r1");
  await table.insert("r2");
  await until(["r1", "r2"]);
  expect(pipe.stats.delivered).toBe(2);
});
