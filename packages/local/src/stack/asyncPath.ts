import { randomUUID } from "node:crypto";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { SQSClient } from "@aws-sdk/client-sqs";
import { sleep } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { NotifierWiring, ProcessorWiring, Wiring } from "@streamer/server";
import { createEventBus } from "../bus/eventBus.ts";
import type { BusEvent } from "../bus/eventBus.ts";
import { startEventsEndpoint } from "../bus/eventsEndpoint.ts";
import type { Logger } from "../bus/logger.ts";
import type { StackFaults } from "../chaos/stackFaults.ts";
import { createFileCheckpoints } from "../pipe/checkpoints.ts";
import { createDeadLetterFile } from "../pipe/deadLetters.ts";
import { createPipe } from "../pipe/createPipe.ts";
import type { Pipe } from "../pipe/createPipe.ts";
import { createQueuePoller } from "../queue/queuePoller.ts";
import type { QueuePoller } from "../queue/queuePoller.ts";
import { createQueueTarget } from "../queue/queueTarget.ts";
import { createSchedule } from "../schedule/createSchedule.ts";
import type { Schedule } from "../schedule/createSchedule.ts";
import type { Storage } from "../storage/storage.ts";
import { localConcurrency } from "./functions.ts";
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

/** What moves work by itself. Each can be stopped and started alone, to see what the system does without it. */
export interface AsyncParts {
  readonly pipe: Pipe;
  /** By the queue's name. */
  readonly pollers: ReadonlyMap<string, QueuePoller>;
  /** By the schedule's name. */
  readonly schedules: ReadonlyMap<string, Schedule>;
}

/** From the table's stream to the processors and the notifier: pipe, bus, rules, queues, mappings, schedules, as the wiring says. */
export interface AsyncPath {
  readonly eventsEndpoint: string;
  readonly sqs: SQSClient;
  /** Action → URL of its queue. */
  readonly queueUrls: ReadonlyMap<string, string>;
  readonly parts: AsyncParts;
  /** The queue that a processor's function takes from, which it must know; `undefined` for any other function. */
  queueUrlOf(functionName: string): string | undefined;
  start(): void;
  /** Takes no more work, and waits a moment for what runs. What still runs then is for the sandboxes to end. */
  stop(): Promise<void>;
}

type QueuedPart = ProcessorWiring | NotifierWiring;

const STOP_GRACE_MS = 2_000;

export async function startAsyncPath(options: AsyncPathOptions): Promise<AsyncPath> {
  const { wiring, storage, invoke, clock, logger, faults } = options;
  const settings = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  const sqs = new SQSClient({ ...settings, endpoint: storage.sqsEndpoint });
  const streams = new DynamoDBStreamsClient({ ...settings, endpoint: options.dynamodbEndpoint });

  const withQueue = async <Part extends QueuedPart>(part: Part) => ({ part, ...(await storage.createQueue(part.queue)) });
  const [processors, notifier] = await Promise.all([Promise.all(wiring.processors.map(withQueue)), withQueue(wiring.notifier)]);
  // In memory, as all queues here: what was to be told of topics when a run ended is gone. Events of topics are best effort on AWS as well;
  // the requests themselves are put back into their queues from the table.
  const queued = [...processors, notifier];
  const bus = createEventBus(
    {
      account: LOCAL_ACCOUNT,
      region: LOCAL_REGION,
      rules: queued.map(({ part: { rule }, url }) => {
        const messageGroupId = (event: BusEvent): string => String(valueAt(event, rule.messageGroupPath));
        const target = createQueueTarget({ queueUrl: url, messageGroupId }, { sqs });
        return { ...rule, targets: [faults?.event(rule.name, target) ?? target] };
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
  const pollers = queued.map(({ part, url, arn }) => {
    const poller = createQueuePoller(
      { queueUrl: url, queueArn: arn, wiring: part.queue, concurrency: localConcurrency(wiring, part.function) },
      {
        sqs,
        invoke: (event) => invoke(part.function.name, event),
        clock,
        logger: logger("queue"),
        deliver: faults?.message(part.queue.name),
      },
    );
    return [part.queue.name, poller] as const;
  });
  const schedules = wiring.schedules.map((schedule) => {
    const deps = { invoke: (event: unknown) => invoke(schedule.function.name, event), clock, logger: logger("schedule") };
    return [schedule.name, createSchedule(schedule, deps)] as const;
  });
  const parts: AsyncParts = { pipe, pollers: new Map(pollers), schedules: new Map(schedules) };
  const allParts = [pipe, ...parts.pollers.values(), ...parts.schedules.values()];

  return {
    eventsEndpoint: events.endpoint,
    sqs,
    queueUrls: new Map(processors.map(({ part, url }) => [part.action, url])),
    parts,
    queueUrlOf: (name) => processors.find(({ part }) => part.function.name === name)?.url,
    start() {
      for (const part of allParts) part.start();
    },
    async stop() {
      const ended = new AbortController();
      const grace = sleep(clock, STOP_GRACE_MS, ended.signal).catch(() => undefined);
      await Promise.race([Promise.all(allParts.map((part) => part.stop())), grace]);
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
