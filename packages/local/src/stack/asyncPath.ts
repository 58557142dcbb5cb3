import { randomUUID } from "node:crypto";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { sleep } from "@streamer/protocol";
import type { Clock } from "@streamer/protocol";
import type { NotifierWiring, ProcessorWiring, Wiring } from "@streamer/server";
import { createEventBus } from "../bus/eventBus.ts";
import type { BusEvent, BusRule } from "../bus/eventBus.ts";
import { startEventsEndpoint } from "../bus/eventsEndpoint.ts";
import type { Logger } from "../bus/logger.ts";
import type { StackFaults } from "../chaos/stackFaults.ts";
import type { StackWatch } from "../hops/watchStack.ts";
import type { OnRunning } from "../lambda/pool.ts";
import { createFileCheckpoints } from "../pipe/checkpoints.ts";
import { createDeadLetterFile } from "../pipe/deadLetters.ts";
import { createPipe } from "../pipe/createPipe.ts";
import type { Pipe } from "../pipe/createPipe.ts";
import { createQueuePoller } from "../queue/queuePoller.ts";
import type { QueuePoller } from "../queue/queuePoller.ts";
import { createQueueTarget } from "../queue/queueTarget.ts";
import { createSchedule } from "../schedule/createSchedule.ts";
import type { Schedule } from "../schedule/createSchedule.ts";
import type { CreatedQueue, Storage } from "../storage/storage.ts";
import { localConcurrency } from "./functions.ts";
import { LOCAL_ACCOUNT, LOCAL_CREDENTIALS, LOCAL_REGION } from "./functionEnv.ts";

export interface AsyncPathOptions {
  readonly wiring: Wiring;
  readonly dataDir: string;
  readonly streamArn: string;
  readonly dynamodbEndpoint: string;
  readonly storage: Storage;
  readonly invoke: (functionName: string, event: unknown, onRunning?: OnRunning) => Promise<unknown>;
  readonly clock: Clock;
  readonly logger: (source: string) => Logger;
  /** Default: none. */
  readonly faults?: StackFaults | undefined;
  /** Sees what happens to requests. */
  readonly watch: StackWatch;
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
  /** How many messages the processors' queues hold, by action. Asks SQS. */
  depths(): Promise<readonly QueueDepth[]>;
  readonly parts: AsyncParts;
  /** One more processor, of this wiring: its rule and queue; call what it gives to take from the queue. One that was paused goes on then. */
  addProcessor(processor: ProcessorWiring, wiring: Wiring): Promise<() => void>;
  /** Takes no more from the queue, and resolves when what runs has ended. What waits, and what still comes, stays in the queue. */
  pauseProcessor(processor: ProcessorWiring): Promise<void>;
  /** The queue that a processor's function takes from, which it must know; `undefined` for any other function. */
  queueUrlOf(functionName: string): string | undefined;
  start(): void;
  /** Takes no more work, and waits a moment for what runs. What still runs then is for the sandboxes to end. */
  stop(): Promise<void>;
}

export interface QueueDepth {
  readonly action: string;
  /** Not running: to be taken, or hidden until their next attempt. */
  readonly waiting: number;
  readonly running: number;
  readonly deadLetters: number;
}

type QueuedPart = ProcessorWiring | NotifierWiring;
type Queued = CreatedQueue & { readonly part: QueuedPart };

const STOP_GRACE_MS = 2_000;

export async function startAsyncPath(options: AsyncPathOptions): Promise<AsyncPath> {
  const { wiring, storage, invoke, clock, logger, faults, watch } = options;
  const settings = { region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS };
  const sqs = new SQSClient({ ...settings, endpoint: storage.sqsEndpoint });
  const streams = new DynamoDBStreamsClient({ ...settings, endpoint: options.dynamodbEndpoint });

  const withQueue = async <Part extends QueuedPart>(part: Part) => ({ part, ...(await storage.createQueue(part.queue)) });
  const [processors, notifier] = await Promise.all([Promise.all(wiring.processors.map(withQueue)), withQueue(wiring.notifier)]);
  // In memory, as all queues here: what was to be told of topics when a run ended is gone. Events of topics are best effort on AWS as well;
  // the requests themselves are put back into their queues from the table.
  const queued = [...processors, notifier];
  const ruleTo = ({ part: { rule }, url }: Queued): BusRule => {
    const messageGroupId = (event: BusEvent): string => String(valueAt(event, rule.messageGroupPath));
    const toQueue = createQueueTarget({ queueUrl: url, messageGroupId }, { sqs });
    // What the notifier is told is no hop of the request.
    const target = rule === wiring.notifier.rule ? toQueue : watch.work.target(toQueue);
    return { ...rule, targets: [faults?.event(rule.name, target) ?? target] };
  };
  const bus = createEventBus(
    { account: LOCAL_ACCOUNT, region: LOCAL_REGION, rules: queued.map(ruleTo) },
    { clock, newId: randomUUID, logger: logger("bus"), onEvent: (event) => watch.work.onEvent(event) },
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
      observer: watch.records,
      ...(faults && { deliver: faults.records }),
    },
  );
  const pollerOf = ({ part, url, arn }: Queued, within = wiring): QueuePoller =>
    createQueuePoller(
      { queueUrl: url, queueArn: arn, wiring: part.queue, concurrency: localConcurrency(within, part.function) },
      {
        sqs,
        invoke:
          part === wiring.notifier
            ? (event) => invoke(part.function.name, event)
            : watch.work.worker((event, onRunning) => invoke(part.function.name, event, onRunning)),
        clock,
        logger: logger("queue"),
        deliver: faults?.message(part.queue.name),
      },
    );
  const pollers = new Map(queued.map((one) => [one.part.queue.name, pollerOf(one)] as const));
  const countsOf = async (queueUrl: string): Promise<{ readonly visible: number; readonly hidden: number }> => {
    const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["All"] });
    const { Attributes: counts = {} } = await sqs.send(command);
    const { ApproximateNumberOfMessages: there = 0, ApproximateNumberOfMessagesDelayed: delayed = 0 } = counts;
    return { visible: Number(there) + Number(delayed), hidden: Number(counts.ApproximateNumberOfMessagesNotVisible ?? 0) };
  };
  const depthOf = async (action: string, url: string, deadLetterUrl: string): Promise<QueueDepth> => {
    const [own, dead] = await Promise.all([countsOf(url), countsOf(deadLetterUrl)]);
    const running = watch.work.runningOf(action);
    return { action, waiting: own.visible + Math.max(0, own.hidden - running), running, deadLetters: dead.visible + dead.hidden };
  };
  const schedules = wiring.schedules.map((schedule) => {
    const deps = { invoke: (event: unknown) => invoke(schedule.function.name, event), clock, logger: logger("schedule") };
    return [schedule.name, createSchedule(schedule, deps)] as const;
  });
  const parts: AsyncParts = { pipe, pollers, schedules: new Map(schedules) };
  const allParts = () => [pipe, ...pollers.values(), ...parts.schedules.values()];
  const queueUrls = new Map(processors.map(({ part, url }) => [part.action, url]));

  return {
    eventsEndpoint: events.endpoint,
    sqs,
    queueUrls,
    parts,
    async addProcessor(processor, within) {
      let poller = pollers.get(processor.queue.name);
      if (poller === undefined) {
        const added = await withQueue(processor);
        processors.push(added);
        queueUrls.set(processor.action, added.url);
        poller = pollerOf(added, within);
        pollers.set(processor.queue.name, poller);
        bus.addRule(ruleTo(added));
      }
      return () => poller.start();
    },
    async pauseProcessor({ queue }) {
      await pollers.get(queue.name)?.stop();
    },
    async depths() {
      return Promise.all(processors.map(({ part, url, deadLetterUrl }) => depthOf(part.action, url, deadLetterUrl)));
    },
    queueUrlOf: (name) => processors.find(({ part }) => part.function.name === name)?.url,
    start() {
      for (const part of allParts()) part.start();
    },
    async stop() {
      const ended = new AbortController();
      const grace = sleep(clock, STOP_GRACE_MS, ended.signal).catch(() => undefined);
      await Promise.race([Promise.all(allParts().map((part) => part.stop())), grace]);
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
