import type { Metric, MetricTarget } from "@streamer/server/wiring";
import { LOG_METRICS_NAMESPACE } from "@streamer/server/wiring";
import { API_STAGE } from "./api.ts";
import type { StackContext } from "./context.ts";
import type { StreamerFunction } from "./functions.ts";
import { PREFIX } from "./names.ts";
import { functionsByTask } from "./parts.ts";
import type { Parts } from "./parts.ts";
import type { Output } from "./platform.ts";

/** One thing that is measured. */
export interface Watched {
  /** In snake_case; unique among those of its kind. */
  readonly name: string;
  readonly dimensions: Readonly<Record<string, Output<string> | string>>;
  /** The log that metrics may be read from. */
  readonly logGroup?: aws.cloudwatch.LogGroup;
}

/** All that is measured in an app, by the kind that the metric table speaks of. */
export function watchedParts(parts: Parts): Readonly<Record<MetricTarget, readonly Watched[]>> {
  const functions = functionsByTask(parts);
  const { connect, disconnect, router, processors, notifier, sweeper } = functions;
  const queued = [...parts.processors, parts.notifier];
  return {
    function: Object.values(functions).flat().map(watchedFunction),
    connect: connect.map(watchedFunction),
    disconnect: disconnect.map(watchedFunction),
    router: router.map(watchedFunction),
    processor: processors.map(watchedFunction),
    notifier: notifier.map(watchedFunction),
    sweeper: sweeper.map(watchedFunction),
    authenticator: [...connect, ...router].map(watchedFunction),
    sender: [...router, ...processors, ...notifier, ...sweeper].map(watchedFunction),
    queue: queued.map((one) => watchedQueue(one.wiring.queue.name, one.queue)),
    dead_letters: [
      watchedQueue("pipe_dead_letters", parts.pipe.deadLetters),
      ...queued.map((one) => watchedQueue(one.wiring.queue.deadLetterName, one.deadLetters)),
      ...parts.schedules.map((one) => watchedQueue(`${one.function.spec.name}_dead_letters`, one.deadLetters)),
    ],
    pipe: [{ name: "pipe", dimensions: { PipeName: parts.pipe.pipe.name } }],
    rule: queued.map(({ wiring, rule }) => ({
      name: wiring.rule.name,
      dimensions: { EventBusName: parts.pipe.bus.name, RuleName: rule.name },
    })),
    api: [{ name: "api", dimensions: { ApiId: parts.gateway.nodes.api.id, Stage: API_STAGE } }],
    table: [{ name: "table", dimensions: { TableName: parts.table.name } }],
    account: [{ name: "account", dimensions: {} }],
  };
}

function watchedFunction({ spec, function: fn, logGroup }: StreamerFunction): Watched {
  return { name: spec.name, dimensions: { FunctionName: fn.name }, logGroup };
}

function watchedQueue(name: string, { nodes }: sst.aws.Queue): Watched {
  return { name, dimensions: { QueueName: nodes.queue.name } };
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
