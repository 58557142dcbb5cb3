/**
 * How the parts are connected, as plain data: what stacks and tools need.
 *
 * @module @streamer/server/wiring
 */

import { actionKey, ASYNC_THRESHOLD_MS, INTEGRATION_TIMEOUT_MS, isAsync, SETTLE_RESERVE_MS } from "@streamer/protocol";
import type { Action, Actions } from "@streamer/protocol";
import { filesPrefix, uploadsPrefix } from "./files/fileKeys.ts";
import { pipeDefinition } from "./pipe/pipeDefinition.ts";
import type { PipeDefinition } from "./pipe/pipeDefinition.ts";
import { requestRulePattern } from "./pipe/requestEvent.ts";
import type { EventPattern, RequestEventDetail } from "./pipe/requestEvent.ts";
import { notifierRulePattern } from "./pipe/topicEvent.ts";
import { SPARE_RECEIVES } from "./retry/receives.ts";
import { tableDefinition } from "./table/tableDefinition.ts";
import type { TableDefinition } from "./table/tableDefinition.ts";

// What `stacks/` needs beside the wiring, from the same entry: plain data, and nothing that a Lambda would load.
export { LOG_METRICS_NAMESPACE, METRIC_GROUPS, METRICS } from "./observability/metrics.ts";
export type { AlarmStage, FunctionTarget, Metric, MetricAlarm, MetricTarget, Severity } from "./observability/metrics.ts";
export { QUERIES } from "./observability/queries.ts";
export { fieldsOf, fillQuery, placeholdersOf } from "./observability/storedQuery.ts";
export type { QueriedFunctions, QueriedService, StoredQuery } from "./observability/storedQuery.ts";
export { TRACE_FILTERS } from "./observability/traceFilters.ts";
export type { TraceFilter } from "./observability/traceFilters.ts";
export type { Settings } from "./links.ts";
export { EVENT_DETAIL_TYPE } from "./pipe/requestEvent.ts";
export { TOPIC_DETAIL_TYPE } from "./pipe/topicEvent.ts";
export { inputTemplate } from "./pipe/pipeDefinition.ts";

/** How the parts are connected: plain data that `stacks/` turns into AWS resources and `local/` runs on one machine. */
export interface Wiring {
  readonly table: TableDefinition;
  readonly routes: Readonly<Record<RouteKey, FunctionSpec>>;
  readonly pipe: PipeDefinition;
  readonly processors: readonly ProcessorWiring[];
  readonly notifier: NotifierWiring;
  readonly schedules: readonly ScheduleWiring[];
}

/** A route of the WebSocket API. */
export type RouteKey = "$connect" | "$disconnect" | "$default";

/** A Lambda function: where its code is and what it may take. */
export interface FunctionSpec {
  /** Unique within the app; also the last part of the function's name. */
  readonly name: string;
  /** `<path without extension>.<export>`, from the folder of the functions package, as Lambda and SST write it. */
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memory: `${number} MB` | `${number} GB`;
}

/** One asynchronous action: the rule that picks its events, the queue, the function. */
export interface ProcessorWiring {
  readonly action: string;
  readonly rule: RuleWiring;
  readonly queue: QueueWiring;
  /** The prefix of the bucket that the processor writes and reads. */
  readonly filesPrefix: string;
  /** Where payloads of the action are uploaded, within its files. */
  readonly uploadsPrefix: string;
  readonly function: FunctionSpec;
  /** The most functions that run at a time for this queue (2 to 1,000). */
  readonly concurrency: number;
}

/** What tells the subscribers of topics: the rule that picks its events, the queue, the function. */
export interface NotifierWiring {
  readonly rule: RuleWiring;
  readonly queue: QueueWiring;
  readonly function: FunctionSpec;
  /** The most functions that run at a time for this queue (2 to 1,000). */
  readonly concurrency: number;
}

/** A rule of the bus: which events it picks, and by what its queue shares them out. */
export interface RuleWiring {
  readonly name: string;
  readonly pattern: EventPattern;
  /**
   * JSON path, in the event, of the queue's message group: with one group a tenant, SQS shares a standard queue fairly between them.
   * Whether a rule passes a dynamic group to a standard queue can only be seen on a deployed stage.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
   */
  readonly messageGroupPath: `$.detail.${keyof RequestEventDetail}`;
}

/** A queue, and its queue of dead letters. */
export interface QueueWiring {
  readonly name: string;
  readonly deadLetterName: string;
  /**
   * How long a received message stays invisible. It must be at least the function's timeout, or a second copy is delivered while the
   * first runs. @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
   */
  readonly visibilityTimeoutMs: number;
  /** After this many receives a message goes to the dead letters. Above the action's attempts: early wake-ups are receives too. */
  readonly maxReceiveCount: number;
  /**
   * Messages of one invocation, 1 to 10. Of a processor one: a slow request must not hold back, or be retried with, another. An invocation
   * takes what there is, without waiting for more.
   */
  readonly batchSize: number;
}

/** A function that runs again and again. */
export interface ScheduleWiring {
  readonly name: string;
  readonly everyMs: number;
  readonly function: FunctionSpec;
}

/** How an app is wired otherwise than by default. */
export interface WiringOptions {
  /**
   * Whether the notifier tells of transitions of requests: the topics `requests` and `tenant:requests`. Default true; the router must be given
   * the same. Each transition is a message of its queue (packages/docs/costs.md says what that comes to).
   */
  readonly requestTopics?: boolean;
  /** Actions expected to take longer get a processor. Default 5 seconds; the router must be given the same. */
  readonly asyncThresholdMs?: number;
}

const ROUTE_MEMORY = "512 MB";

/** The schedule, and its function, that finds requests whose event or worker was lost. */
export const SWEEPER = "sweeper";
const SWEEP_EVERY_MS = 60_000;
const sweeperFunction: FunctionSpec = { name: SWEEPER, handler: `src/${SWEEPER}.handler`, timeoutMs: SWEEP_EVERY_MS, memory: "512 MB" };

/** The function, and its rule and queue, that tells the subscribers of topics. */
export const NOTIFIER = "notifier";
const NOTIFIER_TIMEOUT_MS = 60_000;

function notifierWiring(requestTopics: boolean): NotifierWiring {
  return {
    rule: { name: NOTIFIER, pattern: notifierRulePattern(requestTopics), messageGroupPath: "$.detail.tenant_group" },
    queue: {
      name: NOTIFIER,
      deadLetterName: `${NOTIFIER}_dead_letters`,
      // AWS asks for six times the function's timeout when batches are taken: a throttled batch must not come back while it is tried.
      visibilityTimeoutMs: 6 * NOTIFIER_TIMEOUT_MS,
      maxReceiveCount: 5,
      batchSize: 10,
    },
    function: { name: NOTIFIER, handler: `src/${NOTIFIER}.handler`, timeoutMs: NOTIFIER_TIMEOUT_MS, memory: "512 MB" },
    concurrency: 20,
  };
}

/** The wiring of an app's actions. */
export function createWiring(actions: Actions, options: WiringOptions = {}): Wiring {
  const route = (name: string): FunctionSpec => ({
    name,
    handler: `src/${name}.handler`,
    timeoutMs: INTEGRATION_TIMEOUT_MS,
    memory: ROUTE_MEMORY,
  });
  return {
    table: tableDefinition,
    routes: { $connect: route("connect"), $disconnect: route("disconnect"), $default: route("router") },
    pipe: pipeDefinition,
    processors: Object.values(actions)
      .filter((action) => isAsync(action, options.asyncThresholdMs ?? ASYNC_THRESHOLD_MS))
      .map(processorWiring),
    notifier: notifierWiring(options.requestTopics ?? true),
    schedules: [{ name: SWEEPER, everyMs: SWEEP_EVERY_MS, function: sweeperFunction }],
  };
}

function processorWiring(action: Action): ProcessorWiring {
  const key = actionKey(action.name);
  const timeoutMs = action.timeoutMs + SETTLE_RESERVE_MS;
  return {
    action: action.name,
    rule: { name: action.name, pattern: requestRulePattern(action.name), messageGroupPath: "$.detail.tenant_group" },
    queue: {
      name: action.name,
      deadLetterName: `${action.name}_dead_letters`,
      visibilityTimeoutMs: timeoutMs,
      maxReceiveCount: action.retry.attempts + SPARE_RECEIVES,
      batchSize: 1,
    },
    filesPrefix: filesPrefix(action.name),
    uploadsPrefix: uploadsPrefix(action.name),
    function: { name: `process_${action.name}`, handler: `src/actions/${key}/processor.handler`, timeoutMs, memory: action.memory },
    concurrency: action.concurrency,
  };
}
