import type { Metric } from "@streamer/server/wiring";
import { concurrencyLimit } from "./alarms.ts";
import type { StackContext } from "./context.ts";
import type { Output } from "./platform.ts";
import { seriesOf } from "./watched.ts";
import type { Watched } from "./watched.ts";

const PERIOD_SECONDS = 300;
/** Of metrics that are named after a minute. */
const MINUTE_SECONDS = 60;

/** The graph of a metric, as a dashboard's source has it: a line for each thing that it is measured on. */
export function graphOf(context: StackContext, metric: Metric, watched: readonly Watched[], region: Output<string>): object {
  return {
    title: `${metric.name} (${metric.target.replace("_", " ")}, ${metric.unit.toLowerCase()})`,
    region,
    stat: metric.statistic,
    period: metric.name.endsWith("PerMinute") ? MINUTE_SECONDS : PERIOD_SECONDS,
    metrics: watched.flatMap((one, number) => lines(context, metric, one, number)),
    ...thresholds(context, metric),
  };
}

/** Where alarms go off, as lines to compare with. */
function thresholds({ settings }: StackContext, { alarms = [] }: Metric): object {
  const { alarms: stage } = settings;
  if (alarms.length === 0 || stage === undefined) return {};
  const horizontal = alarms.map(({ id, severity, threshold }) => ({ label: `${severity}: ${id}`, value: threshold[stage] }));
  return { annotations: { horizontal } };
}

/** The lines of one thing. */
function lines(context: StackContext, metric: Metric, one: Watched, number: number): unknown[] {
  const row = (name: string, options: object): unknown[] => {
    const series = seriesOf(context, metric, one, name);
    return [series.namespace, series.name, ...Object.entries(series.dimensions).flat(), options];
  };
  const calculated = (expression: string): unknown[] => [{ expression, label: one.name }];
  if (metric.ratio !== undefined) {
    const [part, whole] = [`part${number}`, `whole${number}`];
    return [
      calculated(`100 * ${part} / ${whole}`),
      row(metric.ratio.of, { id: part, visible: false }),
      row(metric.ratio.to, { id: whole, visible: false }),
    ];
  }
  if (metric.percentOfConcurrencyLimit === true)
    return [calculated(`100 * used${number} / ${concurrencyLimit(context)}`), row(metric.name, { id: `used${number}`, visible: false })];
  return [row(metric.name, { label: one.name })];
}
