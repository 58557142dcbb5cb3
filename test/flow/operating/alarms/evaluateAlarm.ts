import type { AlarmStage, Metric, MetricAlarm } from "@streamer/server/wiring";
import { percentile } from "../insights/aggregates.ts";
import type { DataPoint, MetricHistory, Series } from "./metricHistory.ts";

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export interface Evaluation {
  readonly metric: Metric;
  readonly alarm: MetricAlarm;
  readonly stage: AlarmStage;
  /** Of the series that the alarm is on. */
  readonly dimensions: Series["dimensions"];
  /** When it is evaluated, in ms since 1970. Only periods that have ended by then count. */
  readonly at: number;
  /** What it was before. Default: it has just been made. */
  readonly before?: AlarmState;
}

/**
 * CloudWatch reads somewhat more periods than an alarm asks for, and uses the newest that have data: in the table of AWS's page two more.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
const SPARE_PERIODS = 2;

/** The state of an alarm as CloudWatch would have it. @throws {RangeError} for one that is on no series of its own. */
export function evaluateAlarm(history: MetricHistory, evaluation: Evaluation): AlarmState {
  const { metric, alarm, stage, at, before = "INSUFFICIENT_DATA" } = evaluation;
  if (metric.percentOfConcurrencyLimit === true) throw new RangeError(`${metric.name} is of the account: nothing here publishes it.`);
  const periodMs = alarm.periodSeconds * 1_000;
  const end = Math.floor(at / periodMs) * periodMs;
  const range = Array.from({ length: alarm.periods + SPARE_PERIODS }, (_, index) => end - (index + 1) * periodMs);
  const newestFirst = range.map((start) => valueOf(history, evaluation, start, start + periodMs)).filter((value) => value !== undefined);
  const used = newestFirst.slice(0, alarm.periods);
  const breaching = used.every((value) => breaches(value, alarm, stage));
  if (used.length === alarm.periods) return breaching ? "ALARM" : "OK";

  switch (treatMissing(metric, alarm)) {
    case "notBreaching":
      return "OK";
    case "breaching":
      return breaching ? "ALARM" : "OK";
    case "ignore":
      return used.length > 0 && !breaching ? "OK" : before;
    case "missing":
      return used.length === 0 ? "INSUFFICIENT_DATA" : breaching ? "ALARM" : "OK";
  }
}

/** Alarms on metrics of DynamoDB keep their state while there is no data, whatever they ask for. */
function treatMissing(metric: Metric, alarm: MetricAlarm): MetricAlarm["treatMissing"] {
  return metric.namespace === "AWS/DynamoDB" ? "ignore" : alarm.treatMissing;
}

/** The metric's value in one period; `undefined` when nothing was published in it. */
function valueOf(history: MetricHistory, { metric, dimensions }: Evaluation, start: number, end: number): number | undefined {
  const within = (name: string): readonly number[] =>
    history
      .pointsOf({ namespace: metric.namespace, name, dimensions })
      .filter(({ at }: DataPoint) => at >= start && at < end)
      .map(({ value }) => value);
  if (metric.ratio === undefined) return statisticOf(metric, within(metric.name));
  const to = statisticOf(metric, within(metric.ratio.to));
  const of = statisticOf(metric, within(metric.ratio.of)) ?? 0;
  return to === undefined || to === 0 ? undefined : (100 * of) / to;
}

function statisticOf({ statistic }: Metric, values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sum = values.reduce((total, value) => total + value, 0);
  switch (statistic) {
    case "Sum":
      return sum;
    case "Maximum":
      return Math.max(...values);
    case "Average":
      return sum / values.length;
    case "p95":
      return Number(percentile(values, 95));
  }
}

function breaches(value: number, { comparison, threshold }: MetricAlarm, stage: AlarmStage): boolean {
  switch (comparison) {
    case "GreaterThanThreshold":
      return value > threshold[stage];
    case "GreaterThanOrEqualToThreshold":
      return value >= threshold[stage];
    case "LessThanThreshold":
      return value < threshold[stage];
  }
}
