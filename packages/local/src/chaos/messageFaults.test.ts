import { PurgeQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { systemClock } from "@streamer/protocol";
import { createFakeClock } from "@streamer/protocol/testing";
import type { SQSEvent } from "aws-lambda";
import { startFauxqs } from "fauxqs";
import type { FauxqsServer } from "fauxqs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createEventBus } from "../bus/eventBus.ts";
import { createQueuePoller } from "../queue/queuePoller.ts";
import { createQueueTarget } from "../queue/queueTarget.ts";
import type { ChaosEngine } from "./engine.ts";
import { withEventFaults } from "./eventFaults.ts";
import { createMessageFaults } from "./messageFaults.ts";
import { engineOf, silent } from "./testing/testEngine.ts";
import type { FaultRates } from "./types.ts";

const clock = createFakeClock();
let fauxqs: FauxqsServer;
let sqs: SQSClient;
let queue: { queueUrl: string; queueArn: string; queueName: string };
let ended: (() => Promise<void>)[];
let handled: string[];

beforeAll(async () => {
  fauxqs = await startFauxqs({ port: 0, logger: false, host: "127.0.0.1" });
  const endpoint = `http://127.0.0.1:${fauxqs.port}`;
  sqs = new SQSClient({ endpoint, region: "us-east-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } });
});
afterAll(async () => {
  sqs.destroy();
  await fauxqs.stop();
});
beforeEach(() => {
  queue = fauxqs.createQueue(`q-${crypto.randomUUID()}`, { attributes: { VisibilityTimeout: "30" } });
  ended = [];
  handled = [];
});
afterEach(async () => {
  for (const end of ended.toReversed()) await end();
  await sqs.send(new PurgeQueueCommand({ QueueUrl: queue.queueUrl }));
});

const inQueue = () => {
  const { ready = [], inflight = [] } = fauxqs.inspectQueue(queue.queueName)?.messages ?? {};
  return ready.length + inflight.length;
};
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 5_000, interval: 5 });
const untilQueued = (count: number) => until(() => expect(inQueue()).toBe(count));

describe("events on their way to a queue", () => {
  /** Puts one event on a bus whose rule sends to the queue. */
  async function putEvent(engine: ChaosEngine): Promise<{ idle(): Promise<void> }> {
    const target = withEventFaults("work", createQueueTarget({ queueUrl: queue.queueUrl }, { sqs }), engine);
    const bus = createEventBus(
      { rules: [{ name: "work", pattern: { source: ["streamer"] }, targets: [target] }], account: "000000000000", region: "us-east-1" },
      { clock: systemClock, newId: () => crypto.randomUUID(), logger: silent },
    );
    await bus.putEvents([{ Source: "streamer", DetailType: "request", Detail: '{"request_id":"r1"}' }]);
    return bus;
  }

  test("a dropped event reaches no queue, and nobody is told", async () => {
    const engine = engineOf({ event_dropped: 1 });
    await (await putEvent(engine)).idle();
    expect(inQueue()).toBe(0);
    expect(engine.chaos.counts.event_dropped).toBe(1);
  });

  test("a duplicated event becomes two messages", async () => {
    await (await putEvent(engineOf({ event_duplicated: 1 }))).idle();
    expect(inQueue()).toBe(2);
  });

  test("a delayed event waits", async () => {
    const engine = engineOf({ event_delayed: 1 }, { maxDelayMs: 10_000 }, clock);
    const bus = await putEvent(engine);
    expect(engine.chaos.counts.event_delayed).toBe(1);
    expect(inQueue()).toBe(0);
    await clock.advance(10_000);
    await bus.idle();
    expect(inQueue()).toBe(1);
  });

  test("in calm an event becomes one message", async () => {
    const engine = engineOf({ event_dropped: 1, event_duplicated: 1, event_delayed: 1 }, {}, clock);
    engine.chaos.calm();
    await (await putEvent(engine)).idle();
    expect(inQueue()).toBe(1);
  });
});

describe("messages on their way to a function", () => {
  /** Sends one message to the queue, which a poller reads. */
  async function sendMessage(rates: Partial<FaultRates>, before: (engine: ChaosEngine) => void = () => {}): Promise<ChaosEngine> {
    const engine = engineOf(rates, { maxDelayMs: 10_000 }, clock);
    before(engine);
    const invoke = async (event: SQSEvent): Promise<void> => void handled.push(...event.Records.map(({ messageId }) => messageId));
    const { queueUrl, queueArn, queueName } = queue;
    const poller = createQueuePoller(
      { queueUrl, queueArn, wiring: { name: queueName, batchSize: 1 }, concurrency: 10, stopGraceMs: 0 },
      { sqs, invoke, clock: systemClock, logger: silent, deliver: createMessageFaults("work", engine) },
    );
    // First what is held back goes on, then the poller can end.
    ended.push(
      () => poller.stop(),
      () => engine.stop(),
    );
    poller.start();
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: '{"detail":{"request_id":"r1"}}' }));
    return engine;
  }

  test("a dropped message is deleted unseen", async () => {
    const { chaos } = await sendMessage({ message_dropped: 1 });
    await until(() => expect(chaos.counts.message_dropped).toBe(1));
    await untilQueued(0);
    expect(handled).toEqual([]);
  });

  test("a duplicated message is handled twice under one id", async () => {
    await sendMessage({ message_duplicated: 1 });
    // The second may wait, from when the first is done.
    await until(async () => {
      await clock.advance(10_000);
      expect(handled).toHaveLength(2);
    });
    expect(new Set(handled).size).toBe(1);
    await untilQueued(0);
  });

  test("the two of a duplicated message may run at the same time", async () => {
    const runs = new Map<string, number>();
    const met = Promise.withResolvers<void>();
    const engine = engineOf({ message_duplicated: 1 }, {}, clock);
    const deliver = createMessageFaults("work", engine);
    const handle = async (name: string): Promise<void> => {
      runs.set(name, (runs.get(name) ?? 0) + 1);
      if (runs.get(name) === 2) met.resolve();
      await met.promise;
    };
    const messages = Array.from({ length: 20 }, (_, n) => ({ MessageId: `m${n}` }));
    const all = messages.map((message) => deliver(message, { handle: () => handle(message.MessageId), discard: async () => {} }));
    await met.promise;
    await engine.stop();
    await Promise.all(all);
    expect([...runs.values()]).toEqual(messages.map(() => 2));
  });

  test("a delayed message waits", async () => {
    const { chaos } = await sendMessage({ message_delayed: 1 });
    await until(() => expect(chaos.counts.message_delayed).toBe(1));
    expect(handled).toEqual([]);
    await clock.advance(10_000);
    await until(() => expect(handled).toHaveLength(1));
  });

  test("in calm a message is handled once", async () => {
    await sendMessage({ message_dropped: 1, message_duplicated: 1, message_delayed: 1 }, ({ chaos }) => chaos.calm());
    await untilQueued(0);
    expect(handled).toHaveLength(1);
  });
});
