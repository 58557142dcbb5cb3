/**
 * Every metric the system is watched by, as plain data: code, alarms, the dashboard and packages/docs/metrics.md are made from it. A new
 * metric is a new row, and for one of our own the line that adds to it.
 */
import { deliveryMetrics, edgeMetrics, functionMetrics } from "./awsMetrics.ts";
import type { Metric } from "./metricRow.ts";
import {
  connectionMetrics,
  messageMetrics,
  notifierMetrics,
  ownRatios,
  requestMetrics,
  sendMetrics,
  sweepMetrics,
} from "./ownMetricRows.ts";

export { LOG_METRICS_NAMESPACE } from "./awsMetrics.ts";
export type { AlarmStage, FunctionTarget, Metric, MetricAlarm, MetricTarget, Severity } from "./metricRow.ts";
export * from "./ownMetricRows.ts";

export type LifecycleMetricName = NameOf<typeof connectionMetrics>;
export type MessageMetricName = NameOf<typeof messageMetrics>;
export type RequestMetricName = NameOf<typeof requestMetrics>;
export type SendMetricName = NameOf<typeof sendMetrics>;
export type SweepMetricName = NameOf<typeof sweepMetrics> | "ActiveConnections";
export type NotifierMetricName = NameOf<typeof notifierMetrics>;
type NameOf<Rows extends readonly Metric[]> = Rows[number]["name"];

export type OwnMetricName =
  | LifecycleMetricName
  | MessageMetricName
  | RequestMetricName
  | SendMetricName
  | SweepMetricName
  | NotifierMetricName;

/** Written by our own functions. */
export const ownMetrics: readonly (Metric & { readonly name: OwnMetricName })[] = [
  ...connectionMetrics,
  ...messageMetrics,
  ...requestMetrics,
  ...sendMetrics,
  ...sweepMetrics,
  ...notifierMetrics,
];

/** The table, in parts that belong together. */
export const METRIC_GROUPS: readonly { readonly title: string; readonly metrics: readonly Metric[] }[] = [
  { title: "Functions", metrics: functionMetrics },
  { title: "Pipe, rules and queues", metrics: deliveryMetrics },
  { title: "API and table", metrics: edgeMetrics },
  { title: "Connections", metrics: connectionMetrics },
  { title: "Messages that come in", metrics: messageMetrics },
  { title: "Requests", metrics: [...requestMetrics, ...ownRatios] },
  { title: "Messages that go out", metrics: sendMetrics },
  { title: "The sweeper", metrics: sweepMetrics },
  { title: "The notifier", metrics: notifierMetrics },
];

/** All metrics: functions write theirs by it, and `stacks/` makes alarms and dashboard of it. */
export const METRICS: readonly Metric[] = METRIC_GROUPS.flatMap(({ metrics }) => metrics);
