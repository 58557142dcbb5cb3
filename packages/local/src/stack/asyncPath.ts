import { randomUUID } from "node:crypto";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { SQSClient } from "@aws-sdk/client-sqs";
import { sleep } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { Wiring } from "@streamer/server";
import { createEventBus } from "../bus/eventBus.ts";
import type { BusEvent } from "../bus/eventBus.ts";
import { startEventsEndpoint } from "../bus/eventsEndpoint.ts";
import type { Logger } from "../bus/logger.ts";
import type { StackFaults } from "../chaos/stackFaults.ts";
import { createFileCheckpoints } from "../pipe/checkpoints.ts";
import { createDeadLetterFile } from "../pipe/deadLetters.ts";
import { createPipe } from "../pipe/createPipe.ts";
import { createQueuePoller } from "../queue/queuePoller.ts";
import { createQueueTarget } from "../queue/queueTarget.ts";
import { createSchedule } from "../schedule/createSchedule.ts";
import type { Storage } from "../storage/storage.ts";
import { MAX_LOCAL_CONCURRENCY } from "./functions.ts";
import { LOCAL_ACCOUNT, LOCAL_CREDENTIALS, LOCAL_REGION } from "./functionEnv.ts";

export interface AsyncPathOptions {
  readonly wiring: Wiring;
  readonly dataDir: string;
  readonly streamArn: string;
  readonly dynamodbEndpoint: string;
  readonly storage: Storage;
  readonly invoke: (functionName: string, event: unknown) => Promise<unknown>;
  readonly clock: Clock;
  readonly logger: (source: string) => Logger;
  /** Default: none. */
  readonly faults?: StackFaults | undefined;
}

/** From the table's stream to the processors: pipe, bus, rules, queues, mappings, schedules, as the wiring says. */
export interface AsyncPath {
  readonly eventsEndpoint: string;
  readonly sqs: SQSClient;
  /** Action → URL of its queue. */
  readonly queueUrls: ReadonlyMap<string, string>;
  /** The queue that feeds a function; `undefined` for one that has none. */
  queueUrlOf(functionName: string): string | undefined;
  start(): void;
  /** Takes no more work, and waits a moment for what runs. What still runs then is for the sandboxes to end. */
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 2_000;

export async function startAsyncPath(options: AsyncPathOptions): Promise<AsyncPath> {
  const { wiring, storage, invoke, clock, logger, faults } = options;
  const settings = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  const sqs = new SQSClient({ ...settings, endpoint: storage.sqsEndpoint });
  const streams = new DynamoDBStreamsClient({ ...settings, endpoint: options.dynamodbEndpoint });

  const queues = await Promise.all(
    wiring.processors.map(async (processor) => ({ processor, ...(await storage.createQueue(processor.queue)) })),
  );
  const bus = createEventBus(
    {
      account: LOCAL_ACCOUNT,
      region: LOCAL_REGION,
      rules: queues.map(({ processor, url }) => {
        const messageGroupId = (event: BusEvent): string => String(valueAt(event, processor.rule.messageGroupPath));
        const target = createQueueTarget({ queueUrl: url, messageGroupId }, { sqs });
        return { ...processor.rule, targets: [faults?.event(processor.rule.name, target) ?? target] };
      }),
    },
    { clock, newId: randomUUID, logger: logger("bus") },
  );
  const events = await startEventsEndpoint({ bus });
  const pipe = createPipe(
    { definition: wiring.pipe, streamArn: options.streamArn },
    {
      streams,
      bus,
      checkpoints: createFileCheckpoints(options.dataDir),
      deadLetter: createDeadLetterFile(options.dataDir),
      clock,
      logger: logger("pipe"),
      ...(faults && { deliver: faults.records }),
    },
  );
  const pollers = queues.map(({ processor, url, arn }) =>
    createQueuePoller(
      { queueUrl: url, queueArn: arn, wiring: processor.queue, concurrency: Math.min(processor.concurrency, MAX_LOCAL_CONCURRENCY) },
      {
        sqs,
        invoke: (event) => invoke(processor.function.name, event),
        clock,
        logger: logger("queue"),
        deliver: faults?.message(processor.queue.name),
      },
    ),
  );
  const schedules = wiring.schedules.map((schedule) =>
    createSchedule(schedule, { invoke: (event) => invoke(schedule.function.name, event), clock, logger: logger("schedule") }),
  );
  const parts = [pipe, ...pollers, ...schedules];

  return {
    eventsEndpoint: events.endpoint,
    sqs,
    queueUrls: new Map(queues.map(({ processor, url }) => [processor.action, url])),
    queueUrlOf: (name) => queues.find(({ processor }) => processor.function.name === name)?.url,
    start() {
      for (const part of parts) part.start();
    },
    async stop() {
      const ended = new AbortController();
      const grace = sleep(clock, STOP_GRACE_MS, ended.signal).catch(() => undefined);
      await Promise.race([Promise.all(parts.map((part) => part.stop())), grace]);
      ended.abort();
      await bus.close();
      await events.close();
      streams.destroy();
      sqs.destroy();
    },
  };
}

/** What a JSON path of the plain form `$.a.b` names. */
function valueAt(event: BusEvent, path: string): unknown {
  const names = path.split(".").slice(1);
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], event);
}
