import type { FunctionTarget, Metric, MetricTarget } from "@streamer/server/wiring";
import { LOG_METRICS_NAMESPACE, NOTIFIER, SWEEPER } from "@streamer/server/wiring";
import { API_STAGE } from "./api.ts";
import type { StackContext } from "./context.ts";
import type { StreamerFunction } from "./functions.ts";
import { PREFIX } from "./names.ts";
import type { PipeStack } from "./pipe.ts";
import type { NotifierStack } from "./notifier.ts";
import type { ProcessorStack } from "./processor.ts";
import type { ScheduleStack } from "./schedule.ts";
import type { Output } from "./platform.ts";

/** One thing that is measured. */
export interface Watched {
  /** In snake_case; unique among those of its kind. */
  readonly name: string;
  readonly dimensions: Readonly<Record<string, Output<string> | string>>;
  /** The log that metrics may be read from. */
  readonly logGroup?: aws.cloudwatch.LogGroup;
}

export interface Parts {
  readonly table: sst.aws.Dynamo;
  readonly gateway: sst.aws.ApiGatewayWebSocket;
  readonly pipe: PipeStack;
  readonly routes: readonly StreamerFunction[];
  /** What queues feed: the processors and the notifier. */
  readonly queued: readonly (ProcessorStack | NotifierStack)[];
  readonly schedules: readonly ScheduleStack[];
}

/** All that is measured in an app, by the kind that the metric table speaks of. */
export function watchedParts(parts: Parts): Readonly<Record<MetricTarget, readonly Watched[]>> {
  const functions = [...parts.routes, ...parts.queued.map((one) => one.function), ...parts.schedules.map((one) => one.function)];
  const watchedFunction = ({ spec, function: fn, logGroup }: StreamerFunction): Watched => ({
    name: spec.name,
    dimensions: { FunctionName: fn.name },
    logGroup,
  });
  const queue = (name: string, { nodes }: sst.aws.Queue): Watched => ({ name, dimensions: { QueueName: nodes.queue.name } });
  return {
    function: functions.map(watchedFunction),
    ...watchedByTask(parts, watchedFunction),
    queue: parts.queued.map((one) => queue(one.wiring.queue.name, one.queue)),
    dead_letters: [
      queue("pipe_dead_letters", parts.pipe.deadLetters),
      ...parts.queued.map((one) => queue(one.wiring.queue.deadLetterName, one.deadLetters)),
      ...parts.schedules.map((one) => queue(`${one.function.spec.name}_dead_letters`, one.deadLetters)),
    ],
    pipe: [{ name: "pipe", dimensions: { PipeName: parts.pipe.pipe.name } }],
    rule: parts.queued.map(({ wiring, rule }) => ({
      name: wiring.rule.name,
      dimensions: { EventBusName: parts.pipe.bus.name, RuleName: rule.name },
    })),
    api: [{ name: "api", dimensions: { ApiId: parts.gateway.nodes.api.id, Stage: API_STAGE } }],
    table: [{ name: "table", dimensions: { TableName: parts.table.name } }],
    account: [{ name: "account", dimensions: {} }],
  };
}

/** The functions that write metrics of their own, by what they do. */
function watchedByTask(parts: Parts, watched: (fn: StreamerFunction) => Watched): Readonly<Record<FunctionTarget, readonly Watched[]>> {
  const route = (name: string): readonly Watched[] => parts.routes.filter((one) => one.spec.name === name).map(watched);
  const queued = (isNotifier: boolean): readonly Watched[] =>
    parts.queued.filter((one) => (one.function.spec.name === NOTIFIER) === isNotifier).map((one) => watched(one.function));
  const [connect, disconnect, router, processor, notifier] = [
    route("connect"),
    route("disconnect"),
    route("router"),
    queued(false),
    queued(true),
  ];
  const sweeper = parts.schedules.filter((one) => one.name === SWEEPER).map((one) => watched(one.function));
  return {
    connect,
    disconnect,
    router,
    processor,
    notifier,
    sweeper,
    authenticator: [...connect, ...router],
    sender: [...router, ...processor, ...notifier, ...sweeper],
  };
}

/** Where CloudWatch keeps one metric of one part. */
export interface Series {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, Output<string> | string>>;
}

/**
 * The series of a metric. One that is read from a log has the function in its name: a filter's dimensions come from fields of the line,
 * and the platform's report does not name the function.
 */
export function seriesOf({ platform }: StackContext, metric: Metric, watched: Watched, name = metric.name): Series {
  if (metric.logFilter !== undefined) return { namespace: logNamespace(platform.app), name: `${name}-${watched.name}`, dimensions: {} };
  return { namespace: metric.namespace, name, dimensions: watched.dimensions };
}

function logNamespace(app: StackContext["platform"]["app"]): string {
  return `${LOG_METRICS_NAMESPACE}/${app.name}-${app.stage}`;
}

/** The filters that make metrics of log lines. */
export function createLogMetrics(context: StackContext, metric: Metric, watched: Watched, logicalName: string): void {
  if (metric.logFilter === undefined || watched.logGroup === undefined) return;
  const { namespace, name } = seriesOf(context, metric, watched);
  new context.platform.aws.cloudwatch.LogMetricFilter(`${PREFIX}${logicalName}Filter`, {
    name,
    logGroupName: watched.logGroup.name,
    pattern: metric.logFilter.pattern,
    metricTransformation: { namespace, name, value: metric.logFilter.value, unit: metric.unit },
  });
}
