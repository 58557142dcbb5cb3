import { ChangeMessageVisibilityCommand, DeleteMessageCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { Message, SQSClient } from "@aws-sdk/client-sqs";
import { sleep } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { QueueWiring } from "@streamer/server";
import type { SQSEvent } from "aws-lambda";
import { backoffMs } from "../bus/backoff.ts";
import type { Logger } from "../bus/logger.ts";
import { failedMessageIds, toSqsEvent } from "./sqsEvent.ts";

export interface QueuePollerConfig {
  readonly queueUrl: string;
  /** The last field but two is the Region that records carry. */
  readonly queueArn: string;
  readonly wiring: Pick<QueueWiring, "name" | "batchSize">;
  /** The most invocations at a time, as MaximumConcurrency of a mapping. 1 and up. */
  readonly concurrency: number;
  /**
   * Seconds that one call waits for a message, 0 to 20. Default 1: a message starts just as fast as with 20, and `stop()` need not cut a
   * call off. A queue hands a message to a call whose caller has gone, and then hides it for the whole visibility timeout.
   */
  readonly waitSeconds?: number;
  /** How long `stop()` lets a call end by itself before it cuts it off. Default: `waitSeconds` and half a second. 0 cuts at once. */
  readonly stopGraceMs?: number;
}

/**
 * The seam for faults: is given each message, and may hand it to the function late, twice, or delete it unseen. Must not reject. Messages
 * of a batch that are handed over at once, before anything is awaited, stay together; any other is an invocation of its own.
 */
export type DeliverMessage = (message: Message, ways: MessageWays) => Promise<void>;
/** Neither ever rejects. */
export interface MessageWays {
  /** Runs the function, and deletes the message if it agrees. */
  readonly handle: () => Promise<void>;
  readonly discard: () => Promise<void>;
}

export interface QueuePollerDeps {
  readonly sqs: SQSClient;
  /** Runs the function. What it resolves to is read as by ReportBatchItemFailures; a rejection leaves the message in the queue. */
  readonly invoke: (event: SQSEvent) => Promise<unknown>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly deliver?: DeliverMessage | undefined;
}

export interface QueuePoller {
  /** Does nothing while it runs. */
  start(): void;
  /** Takes no more messages, puts back one that still comes, and resolves when the invocations under way have ended. */
  stop(): Promise<void>;
  /** Whether it takes messages: from `start()` until `stop()` is called. */
  readonly running: boolean;
}

/** One ReceiveMessage gives no more. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const MAX_RECEIVED = 10;
const DEFAULT_WAIT_SECONDS = 1;
const STOP_GRACE_MARGIN_MS = 500;
const MAX_RETRY_DELAY_MS = 5_000;

/**
 * Lambda's event source mapping for a queue: receives messages as long as invocations are free, invokes the function with what one call
 * gave, at most a batch at a time, and deletes those that it did not report as failed. All others come back after their visibility timeout.
 *
 * @throws {RangeError} when the concurrency is less than 1, or the batch is not 1 to 10 messages.
 */
export function createQueuePoller(config: QueuePollerConfig, deps: QueuePollerDeps): QueuePoller {
  const { queueUrl, queueArn, wiring, concurrency, waitSeconds = DEFAULT_WAIT_SECONDS } = config;
  const { stopGraceMs = waitSeconds * 1000 + STOP_GRACE_MARGIN_MS } = config;
  const { sqs, invoke, clock, logger, deliver = (_message, ways) => ways.handle() } = deps;
  const queue = wiring.name;
  const { batchSize } = wiring;
  if (!(concurrency >= 1)) throw new RangeError(`The queue "${queue}" needs a concurrency of 1 or more, not ${concurrency}.`);
  if (!(batchSize >= 1 && batchSize <= MAX_RECEIVED))
    throw new RangeError(`The queue "${queue}" needs batches of 1 to ${MAX_RECEIVED} messages, not ${batchSize}: one call gives no more.`);
  const inFlight = new Set<Promise<void>>();
  let running: { readonly stopping: AbortController; readonly cutOff: AbortController; readonly done: Promise<void> } | undefined;

  async function remove(message: Message): Promise<void> {
    const { MessageId: messageId, ReceiptHandle } = message;
    await sqs
      .send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }))
      .catch((error: unknown) => logger.warn("A message could not be deleted.", { queue, messageId, error: errorName(error) }));
  }

  async function run(messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return;
    const messageIds = messages.map(({ MessageId = "" }) => MessageId);
    try {
      const failed = failedMessageIds(await invoke(toSqsEvent(messages, queueArn)), messageIds);
      if (failed === "all") {
        logger.error("A function's answer is not a batch response: its messages stay in the queue.", { queue, messageIds });
        return;
      }
      await Promise.all(messages.filter(({ MessageId = "" }) => !failed.has(MessageId)).map(remove));
    } catch (error) {
      logger.warn("Messages stay in the queue: their invocation failed.", { queue, messageIds, error: errorName(error) });
    }
  }

  /** One invocation, unless faults tear the batch apart. Ends when all of its messages are through. */
  async function deliverBatch(batch: readonly Message[]): Promise<void> {
    const together = new Set<Message>();
    const handedOver = Promise.withResolvers<void>();
    const ran = handedOver.promise.then(() => run([...together]));
    let gathering = true;
    const handle = (message: Message): Promise<void> => {
      if (!gathering || together.has(message)) return run([message]);
      together.add(message);
      return ran;
    };
    const deliveries = batch.map((message) => deliver(message, { handle: () => handle(message), discard: () => remove(message) }));
    gathering = false;
    handedOver.resolve();
    await Promise.all(deliveries);
  }

  async function putBack(messages: readonly Message[]): Promise<void> {
    for (const { MessageId: messageId, ReceiptHandle } of messages) {
      const command = new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: 0 });
      await sqs
        .send(command)
        .catch((error: unknown) => logger.warn("A message could not be put back.", { queue, messageId, error: errorName(error) }));
    }
  }

  async function receive(cutOff: AbortSignal): Promise<readonly Message[]> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(MAX_RECEIVED, batchSize * (concurrency - inFlight.size)),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      }),
      { abortSignal: cutOff },
    );
    return Messages;
  }

  async function poll(stopping: AbortSignal, cutOff: AbortSignal): Promise<void> {
    let failures = 0;
    while (!stopping.aborted) {
      if (inFlight.size >= concurrency) {
        await Promise.race(inFlight);
        continue;
      }
      try {
        const messages = await receive(cutOff);
        failures = 0;
        if (stopping.aborted) await putBack(messages);
        else for (const batch of inBatches(messages, batchSize)) track(deliverBatch(batch));
      } catch (error) {
        if (stopping.aborted) break;
        failures += 1;
        logger.warn("The queue could not be read.", { queue, failures, error: errorName(error) });
        await sleep(clock, backoffMs(failures, { maxDelayMs: MAX_RETRY_DELAY_MS }), stopping).catch(() => undefined);
      }
    }
    await Promise.all(inFlight);
  }

  function track(handling: Promise<void>): void {
    inFlight.add(handling);
    void handling.finally(() => inFlight.delete(handling));
  }

  return {
    start() {
      if (running !== undefined) return;
      const stopping = new AbortController();
      const cutOff = new AbortController();
      running = { stopping, cutOff, done: poll(stopping.signal, cutOff.signal) };
    },
    async stop() {
      if (running === undefined) return;
      const { stopping, cutOff, done } = running;
      stopping.abort();
      const timer = clock.after(stopGraceMs, () => cutOff.abort());
      await done;
      timer.cancel();
      running = undefined;
    },
    get running() {
      return running !== undefined && !running.stopping.signal.aborted;
    },
  };
}

function inBatches<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const batches = Math.ceil(items.length / size);
  return Array.from({ length: batches }, (_, index) => items.slice(index * size, (index + 1) * size));
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
