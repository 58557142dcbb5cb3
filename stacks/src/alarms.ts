import type { AlarmStage, Metric, MetricAlarm } from "@streamer/server/wiring";
import type { StackContext } from "./context.ts";
import { pascalCase, physicalName, PREFIX } from "./names.ts";
import { seriesOf } from "./watched.ts";
import type { Watched } from "./watched.ts";

/** AWS's default limit of concurrent executions in an account and Region. */
const DEFAULT_CONCURRENCY_LIMIT = 1_000;

/** One alarm of a metric for one thing that is measured. It tells the topic when it goes off and when it is well again. */
export function createAlarm(
  context: StackContext,
  metric: Metric,
  alarm: MetricAlarm,
  watched: Watched,
  topic: aws.sns.Topic,
  stage: AlarmStage,
): void {
  const { aws, app } = context.platform;
  const id = alarm.id.replaceAll("-", "_").toLowerCase();
  new aws.cloudwatch.MetricAlarm(`${PREFIX}${pascalCase(watched.name)}${metric.name}${pascalCase(id)}Alarm`, {
    name: physicalName(app, `${watched.name}-${metric.name}-${alarm.severity}-${alarm.id}`, 255),
    alarmDescription: `${alarm.severity} severity (${alarm.id}), ${watched.name}: ${metric.meaning} Runbook: ${alarm.runbook}`,
    comparisonOperator: alarm.comparison,
    threshold: alarm.threshold[stage],
    evaluationPeriods: alarm.periods,
    datapointsToAlarm: alarm.periods,
    treatMissingData: alarm.treatMissing,
    alarmActions: [topic.arn],
    okActions: [topic.arn],
    ...measured(context, metric, alarm, watched),
  });
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
    const limit = context.options.concurrencyLimit ?? DEFAULT_CONCURRENCY_LIMIT;
    return { metricQueries: [expression(`100 * used / ${limit}`), query("used")] };
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
