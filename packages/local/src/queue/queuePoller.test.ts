import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { SendMessageCommandInput } from "@aws-sdk/client-sqs";
import { systemClock } from "@streamer/protocol";
import type { SQSEvent } from "aws-lambda";
import { startFauxqs } from "fauxqs";
import type { FauxqsServer } from "fauxqs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createEventBus } from "../bus/eventBus.ts";
import type { Logger } from "../bus/logger.ts";
import { createQueuePoller } from "./queuePoller.ts";
import type { DeliverMessage, QueuePoller, QueuePollerConfig } from "./queuePoller.ts";
import { createQueueTarget } from "./queueTarget.ts";

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let fauxqs: FauxqsServer;
let sqs: SQSClient;
let queue: { queueUrl: string; queueArn: string; queueName: string };
let poller: QueuePoller | undefined;

beforeAll(async () => {
  fauxqs = await startFauxqs({ port: 0, logger: false, host: "127.0.0.1" });
  sqs = new SQSClient({
    endpoint: `http://127.0.0.1:${fauxqs.port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
});
afterAll(async () => {
  sqs.destroy();
  await fauxqs.stop();
});
beforeEach(() => {
  queue = fauxqs.createQueue(`q-${crypto.randomUUID()}`, { attributes: { VisibilityTimeout: "30" } });
});
afterEach(async () => {
  await poller?.stop();
  poller = undefined;
});

function start(
  invoke: (event: SQSEvent) => Promise<unknown>,
  config: Partial<QueuePollerConfig> = {},
  deliver?: DeliverMessage,
): QueuePoller {
  const { queueUrl, queueArn, queueName } = queue;
  const created = createQueuePoller(
    { queueUrl, queueArn, wiring: { name: queueName, batchSize: 1 }, concurrency: 10, stopGraceMs: 0, ...config },
    { sqs, invoke, clock: systemClock, logger: silent, deliver },
  );
  created.start();
  poller = created;
  return created;
}

const sendMessage = (body: string, more: Partial<SendMessageCommandInput> = {}) =>
  sqs.send(new SendMessageCommand({ QueueUrl: queue.queueUrl, MessageBody: body, ...more }));
const inQueue = () => {
  const { ready = [], inflight = [] } = fauxqs.inspectQueue(queue.queueName)?.messages ?? {};
  return { ready: ready.length, hidden: inflight.length };
};
const waitUntilEmpty = () => vi.waitFor(() => expect(inQueue()).toEqual({ ready: 0, hidden: 0 }), { timeout: 5_000, interval: 5 });

test("a message is handed to the function in Lambda's shape and then deleted", async () => {
  const events: SQSEvent[] = [];
  start(async (event) => {
    events.push(event);
    return { batchItemFailures: [] };
  });
  const sent = await sendMessage('{"a":1}', {
    MessageAttributes: {
      text: { DataType: "String", StringValue: "x" },
      bytes: { DataType: "Binary", BinaryValue: new Uint8Array([1, 2]) },
    },
  });
  await vi.waitFor(() => expect(events).toHaveLength(1), { timeout: 5_000, interval: 5 });
  expect(events).toEqual([
    {
      Records: [
        {
          messageId: sent.MessageId,
          receiptHandle: expect.any(String) as string,
          body: '{"a":1}',
          attributes: {
            ApproximateReceiveCount: "1",
            SentTimestamp: expect.stringMatching(/^\d{13}$/) as string,
            SenderId: expect.any(String) as string,
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/) as string,
          },
          messageAttributes: {
            text: { stringValue: "x", stringListValues: [], binaryListValues: [], dataType: "String" },
            bytes: { binaryValue: "AQI=", stringListValues: [], binaryListValues: [], dataType: "Binary" },
          },
          md5OfBody: sent.MD5OfMessageBody,
          md5OfMessageAttributes: sent.MD5OfMessageAttributes,
          eventSource: "aws:sqs",
          eventSourceARN: queue.queueArn,
          awsRegion: "us-east-1",
        },
      ],
    },
  ]);
  await waitUntilEmpty();
});

test.each([
  ["throws", () => Promise.reject(new Error("no"))],
  ["reports its message as failed", async (event: SQSEvent) => ({ batchItemFailures: [{ itemIdentifier: event.Records[0]?.messageId }] })],
  ["answers with something malformed", async () => ({ batchItemFailures: [{ id: "x" }] })],
])("a message whose function %s comes back, and is deleted when that goes well", async (_what, failing) => {
  queue = fauxqs.createQueue(`q-${crypto.randomUUID()}`, { attributes: { VisibilityTimeout: "0" } });
  const receiveCounts: string[] = [];
  start(
    async (event) => {
      receiveCounts.push(event.Records[0]?.attributes.ApproximateReceiveCount ?? "");
      return receiveCounts.length === 1 ? await failing(event) : undefined;
    },
    { concurrency: 1 },
  );
  await sendMessage("x");
  await vi.waitFor(() => expect(receiveCounts).toEqual(["1", "2"]), { timeout: 5_000, interval: 5 });
  await waitUntilEmpty();
});

test("a message that failed is hidden for its visibility timeout", async () => {
  let runs = 0;
  const running = start(async () => {
    runs += 1;
    throw new Error("no");
  });
  await sendMessage("x");
  await vi.waitFor(() => expect(runs).toBe(1), { interval: 5 });
  await running.stop();
  expect(inQueue()).toEqual({ ready: 0, hidden: 1 });
});

test("no more invocations run at a time than the concurrency allows", async () => {
  const releases: (() => void)[] = [];
  let most = 0;
  let now = 0;
  start(
    async () => {
      most = Math.max(most, (now += 1));
      await new Promise<void>((resolve) => releases.push(resolve));
      now -= 1;
    },
    { concurrency: 2 },
  );
  for (let index = 0; index < 5; index += 1) await sendMessage(String(index));
  for (let done = 0; done < 5; done += 1) {
    await vi.waitFor(() => expect(releases).toHaveLength(Math.min(5, done + 2)), { interval: 5 });
    releases[done]?.();
  }
  await waitUntilEmpty();
  expect(most).toBe(2);
});

test("a slow message does not hold back the next", async () => {
  let release = (): void => {};
  const bodies: string[] = [];
  start(async (event) => {
    const body = event.Records[0]?.body ?? "";
    bodies.push(body);
    if (body === "slow") await new Promise<void>((resolve) => (release = resolve));
  });
  await sendMessage("slow");
  await sendMessage("quick");
  await vi.waitFor(() => expect(bodies).toEqual(["slow", "quick"]), { interval: 5 });
  release();
  await waitUntilEmpty();
});

test("a message wakes a call that waits for 20 seconds at once, and stopping cuts such a call off", async () => {
  let startedAt = 0;
  const running = start(async () => void (startedAt = performance.now()), { waitSeconds: 20 });
  await sendMessage("first");
  await waitUntilEmpty();
  const sentAt = performance.now();
  await sendMessage("second");
  await vi.waitFor(() => expect(startedAt).toBeGreaterThan(sentAt), { interval: 1 });
  expect(startedAt - sentAt).toBeLessThan(1_000);
  await waitUntilEmpty();
  const stoppedAt = performance.now();
  await running.stop();
  expect(performance.now() - stoppedAt).toBeLessThan(1_000);
});

test("stopping waits for invocations under way, and takes no more messages", async () => {
  const releases: (() => void)[] = [];
  const running = start(() => new Promise<void>((resolve) => releases.push(resolve)), { concurrency: 1 });
  await sendMessage("x");
  await vi.waitFor(() => expect(releases).toHaveLength(1), { interval: 5 });
  let isStopped = false;
  const stopped = running.stop().then(() => (isStopped = true));
  await sendMessage("y");
  expect(isStopped).toBe(false);
  releases[0]?.();
  await stopped;
  expect(releases).toHaveLength(1);
  expect(inQueue()).toEqual({ ready: 1, hidden: 0 });
});

test("a message that comes while stopping is put back at once", async () => {
  let runs = 0;
  const running = start(async () => void (runs += 1), { waitSeconds: 1, stopGraceMs: 5_000 });
  await sendMessage("x");
  await waitUntilEmpty();
  const stopped = running.stop();
  await sendMessage("y");
  await stopped;
  await vi.waitFor(() => expect(inQueue()).toEqual({ ready: 1, hidden: 0 }), { interval: 5 });
  expect(runs).toBe(1);
});

test("an event of a bus rule reaches the queue whole, in the group that the event belongs to", async () => {
  queue = fauxqs.createQueue(`q-${crypto.randomUUID()}.fifo`, { attributes: { FifoQueue: "true", ContentBasedDeduplication: "true" } });
  const records: SQSEvent["Records"] = [];
  start(async (event) => void records.push(...event.Records));
  const target = createQueueTarget({ queueUrl: queue.queueUrl, messageGroupId: (event) => String(event.detail["tenant_id"]) }, { sqs });
  const bus = createEventBus(
    { rules: [{ name: "r", pattern: { source: ["streamer"] }, targets: [target] }], account: "000000000000", region: "us-east-1" },
    { clock: systemClock, newId: () => "event-1", logger: silent },
  );
  await bus.putEvents([{ Source: "streamer", DetailType: "streamer.request", Detail: '{"tenant_id":"t1"}' }]);
  await vi.waitFor(() => expect(records).toHaveLength(1), { timeout: 5_000, interval: 5 });
  await bus.close();
  expect(JSON.parse(records[0]?.body ?? "")).toMatchObject({ id: "event-1", source: "streamer", detail: { tenant_id: "t1" } });
  expect(records[0]?.attributes.MessageGroupId).toBe("t1");
});

describe("a queue with batches", () => {
  const inBatchesOf = (batchSize: number): Partial<QueuePollerConfig> => ({ wiring: { name: queue.queueName, batchSize }, concurrency: 1 });
  const sendAll = async (bodies: readonly string[]): Promise<void> => {
    for (const body of bodies) await sendMessage(body);
  };
  const bodiesOf = ({ Records: records }: SQSEvent): readonly string[] => records.map(({ body }) => body);

  test("what one call gives is one invocation, and it does not wait for more", async () => {
    const batches: (readonly string[])[] = [];
    await sendAll(Array.from({ length: 12 }, (_, index) => String(index)));
    start(async (event) => void batches.push(bodiesOf(event)), inBatchesOf(10));
    await waitUntilEmpty();
    expect(batches.map((batch) => batch.length)).toEqual([10, 2]);
    expect(batches.flat().toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 12 }, (_, index) => String(index)));
  });

  test("an invocation gets no more messages than a batch has, and no more run at a time than the concurrency allows", async () => {
    const sizes: number[] = [];
    let most = 0;
    let now = 0;
    await sendAll(["a", "b", "c", "d", "e", "f", "g"]);
    start(
      async ({ Records: records }) => {
        sizes.push(records.length);
        most = Math.max(most, (now += 1));
        await new Promise((resolve) => setImmediate(resolve));
        now -= 1;
      },
      { ...inBatchesOf(3), concurrency: 2 },
    );
    await waitUntilEmpty();
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(7);
    expect(Math.max(...sizes)).toBe(3);
    expect(most).toBe(2);
  });

  test("of a batch the messages that are reported as failed come back, and the others are deleted", async () => {
    queue = fauxqs.createQueue(`q-${crypto.randomUUID()}`, { attributes: { VisibilityTimeout: "0" } });
    const seen: string[] = [];
    await sendAll(["good", "bad", "fine"]);
    start(async (event) => {
      seen.push(...event.Records.map(({ body, attributes }) => `${body} ${attributes.ApproximateReceiveCount}`));
      const failed = event.Records.filter(({ body, attributes }) => body === "bad" && attributes.ApproximateReceiveCount === "1");
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    }, inBatchesOf(10));
    await vi.waitFor(() => expect(seen).toContain("bad 2"), { timeout: 5_000, interval: 5 });
    await waitUntilEmpty();
    expect(seen.toSorted()).toEqual(["bad 1", "bad 2", "fine 1", "good 1"]);
  });

  test("a batch whose function throws stays in the queue whole", async () => {
    let runs = 0;
    await sendAll(["a", "b"]);
    const running = start(async () => {
      runs += 1;
      throw new Error("no");
    }, inBatchesOf(10));
    await vi.waitFor(() => expect(runs).toBe(1), { interval: 5 });
    await running.stop();
    expect(inQueue()).toEqual({ ready: 0, hidden: 2 });
  });

  test("faults strike single messages of a batch: one is deleted unseen, one comes later, one comes twice, the others stay together", async () => {
    const batches: (readonly string[])[] = [];
    const late = Promise.withResolvers<void>();
    const deliver: DeliverMessage = async ({ Body: body }, { handle, discard }) => {
      if (body === "dropped") return discard();
      if (body === "late") await late.promise;
      if (body === "twice") await handle();
      return handle();
    };
    await sendAll(["one", "dropped", "late", "twice", "other"]);
    start(async (event) => void batches.push(bodiesOf(event).toSorted()), inBatchesOf(10), deliver);
    await vi.waitFor(() => expect(batches).toEqual([["one", "other", "twice"], ["twice"]]), { timeout: 5_000, interval: 5 });
    expect(inQueue()).toEqual({ ready: 0, hidden: 1 });
    late.resolve();
    await waitUntilEmpty();
    expect(batches.at(-1)).toEqual(["late"]);
    expect(batches).toHaveLength(3);
  });

  test("a message that a fault hands over twice at once is in two invocations, which run at the same time", async () => {
    const batches: (readonly string[])[] = [];
    const met = Promise.withResolvers<void>();
    await sendAll(["one", "twice"]);
    start(
      async (event) => {
        batches.push(bodiesOf(event).toSorted());
        if (batches.length === 2) met.resolve();
        await met.promise;
      },
      inBatchesOf(10),
      async ({ Body: body }, { handle }) => void (await Promise.all(body === "twice" ? [handle(), handle()] : [handle()])),
    );
    await waitUntilEmpty();
    expect(batches.toSorted((a, b) => a.length - b.length)).toEqual([["twice"], ["one", "twice"]]);
  });

  test.each([0, 11])("batches of %d messages are refused", (batchSize) => {
    expect(() => start(async () => {}, { wiring: { name: queue.queueName, batchSize } })).toThrow(RangeError);
  });
});

test("a queue target rejects when there is no such queue, so that the bus tries again", async () => {
  const target = createQueueTarget({ queueUrl: `${queue.queueUrl}-gone` }, { sqs });
  const event = {
    version: "0",
    id: "e",
    "detail-type": "t",
    source: "s",
    account: "0",
    time: "",
    region: "",
    resources: [],
    detail: {},
  } as const;
  await expect(target(event)).rejects.toMatchObject({ name: "QueueDoesNotExist" });
});

test("a concurrency of 0 is refused", () => {
  expect(() => start(async () => {}, { concurrency: 0 })).toThrow(RangeError);
});
