import type { AlarmStage, Metric, MetricAlarm, Severity } from "@streamer/server/wiring";
import type { StackContext } from "./context.ts";
import { pascalCase, physicalName, PREFIX } from "./names.ts";
import { runbookPage } from "./runbooks.ts";
import { seriesOf } from "./watched.ts";
import type { Watched } from "./watched.ts";

/** AWS's default limit of concurrent executions in an account and Region. */
const DEFAULT_CONCURRENCY_LIMIT = 1_000;
/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const MAX_DESCRIPTION_CHARS = 1_024;

export interface CreatedAlarm {
  /** As AWS knows it; no output, since it is ours. */
  readonly name: string;
  readonly severity: Severity;
  readonly alarm: aws.cloudwatch.MetricAlarm;
}

/** What a share of the account's concurrency is a share of. */
export function concurrencyLimit({ options }: StackContext): number {
  return options.concurrencyLimit ?? DEFAULT_CONCURRENCY_LIMIT;
}

/** One alarm of a metric for one thing that is measured. It tells the topic when it goes off and when it is well again. */
export function createAlarm(
  context: StackContext,
  metric: Metric,
  alarm: MetricAlarm,
  watched: Watched,
  topic: aws.sns.Topic,
  stage: AlarmStage,
): CreatedAlarm {
  const { aws, app } = context.platform;
  const id = alarm.id.replaceAll("-", "_").toLowerCase();
  const name = physicalName(app, `${watched.name}-${metric.name}-${alarm.severity}-${alarm.id}`, 255);
  const created = new aws.cloudwatch.MetricAlarm(`${PREFIX}${pascalCase(watched.name)}${metric.name}${pascalCase(id)}Alarm`, {
    name,
    alarmDescription: describe(context, metric, alarm, watched),
    comparisonOperator: alarm.comparison,
    threshold: alarm.threshold[stage],
    evaluationPeriods: alarm.periods,
    datapointsToAlarm: alarm.periods,
    treatMissingData: alarm.treatMissing,
    alarmActions: [topic.arn],
    okActions: [topic.arn],
    ...measured(context, metric, alarm, watched),
  });
  return { name, severity: alarm.severity, alarm: created };
}

/** What whoever is woken reads first. */
function describe(context: StackContext, metric: Metric, { id, severity, runbook }: MetricAlarm, watched: Watched): string {
  const text = `${severity} severity (${id}), ${watched.name}: ${metric.meaning} Runbook: ${runbookPage(context, runbook)}`;
  if (text.length > MAX_DESCRIPTION_CHARS)
    throw new RangeError(
      `The description of an alarm would have ${text.length} characters with runbooksUrl; CloudWatch takes ${MAX_DESCRIPTION_CHARS}. Use a shorter URL.`,
    );
  return text;
}

/** What the threshold is compared with: a metric, or what is calculated from some. */
function measured(context: StackContext, metric: Metric, alarm: MetricAlarm, watched: Watched): Partial<aws.cloudwatch.MetricAlarmArgs> {
  const period = alarm.periodSeconds;
  const query = (id: string, name = metric.name) => {
    const series = seriesOf(context, metric, watched, name);
    return {
      id,
      returnData: false,
      metric: { namespace: series.namespace, metricName: series.name, dimensions: series.dimensions, stat: metric.statistic, period },
    };
  };
  const expression = (text: string) => ({ id: "result", label: metric.name, expression: text, returnData: true });

  if (metric.ratio !== undefined)
    return { metricQueries: [expression("100 * part / whole"), query("part", metric.ratio.of), query("whole", metric.ratio.to)] };
  if (metric.percentOfConcurrencyLimit === true) {
    return { metricQueries: [expression(`100 * used / ${concurrencyLimit(context)}`), query("used")] };
  }
  const series = seriesOf(context, metric, watched);
  return {
    namespace: series.namespace,
    metricName: series.name,
    dimensions: series.dimensions,
    period,
    ...(metric.statistic === "p95" ? { extendedStatistic: metric.statistic } : { statistic: metric.statistic }),
  };
}
