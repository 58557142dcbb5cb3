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

/** The seam for faults: is given each message, and may hand it to the function late, twice, or delete it unseen. Must not reject. */
export type DeliverMessage = (message: Message, ways: MessageWays) => Promise<void>;
/** Neither ever rejects. */
export interface MessageWays {
  /** Runs the function and deletes the message if it agrees. */
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
}

/** One ReceiveMessage gives no more. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const MAX_RECEIVED = 10;
const DEFAULT_WAIT_SECONDS = 1;
const STOP_GRACE_MARGIN_MS = 500;
const MAX_RETRY_DELAY_MS = 5_000;

/**
 * Lambda's event source mapping for a queue: receives messages as long as invocations are free, invokes the function with one message
 * each, and deletes those that it did not report as failed. All others come back after their visibility timeout.
 *
 * @throws {RangeError} when the concurrency is less than 1.
 */
export function createQueuePoller(config: QueuePollerConfig, deps: QueuePollerDeps): QueuePoller {
  const { queueUrl, queueArn, wiring, concurrency, waitSeconds = DEFAULT_WAIT_SECONDS } = config;
  const { stopGraceMs = waitSeconds * 1000 + STOP_GRACE_MARGIN_MS } = config;
  const { sqs, invoke, clock, logger, deliver = (_message, ways) => ways.handle() } = deps;
  const queue = wiring.name;
  if (!(concurrency >= 1)) throw new RangeError(`The queue "${queue}" needs a concurrency of 1 or more, not ${concurrency}.`);
  const inFlight = new Set<Promise<void>>();
  let running: { readonly stopping: AbortController; readonly cutOff: AbortController; readonly done: Promise<void> } | undefined;

  const remove = ({ ReceiptHandle }: Message) => sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));

  async function handle(message: Message): Promise<void> {
    const { MessageId: messageId = "" } = message;
    try {
      const failed = failedMessageIds(await invoke(toSqsEvent([message], queueArn)), [messageId]);
      if (failed === "all")
        logger.error("A function's answer is not a batch response: its message stays in the queue.", { queue, messageId });
      else if (!failed.has(messageId)) await remove(message);
    } catch (error) {
      logger.warn("A message stays in the queue: its invocation or its deletion failed.", { queue, messageId, error: errorName(error) });
    }
  }

  async function discard(message: Message): Promise<void> {
    await remove(message).catch((error: unknown) =>
      logger.warn("A message could not be deleted.", { queue, messageId: message.MessageId, error: errorName(error) }),
    );
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
        MaxNumberOfMessages: Math.min(MAX_RECEIVED, concurrency - inFlight.size),
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
        else for (const message of messages) track(deliver(message, { handle: () => handle(message), discard: () => discard(message) }));
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
  };
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
