import { FUNCTION_DIMENSION, OWN_METRICS_NAMESPACE, ownMetrics } from "./metrics.ts";
import type { OwnMetricName } from "./metrics.ts";

/** Keeps the metrics that a function writes itself, until they are published. */
export interface OwnMetrics {
  add(name: OwnMetricName, value: number): void;
  /**
   * Writes what there is to the log, in CloudWatch's embedded metric format: no call of any API. Once for each invocation. Nothing is
   * written when `POWERTOOLS_METRICS_DISABLED` is set, or there is nothing.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
   */
  publish(): Promise<void>;
}

export interface OwnMetricsConfig {
  /** The dimension's value; the dashboard's lines are those of functions. */
  readonly functionName: string;
}

export function createOwnMetrics({ functionName }: OwnMetricsConfig): OwnMetrics {
  let values: { readonly name: OwnMetricName; readonly value: number }[] = [];
  return {
    add: (name, value) => void values.push({ name, value }),
    async publish() {
      if (values.length === 0) return;
      const publishing = values;
      values = [];
      // Late: a cold start does not wait for it.
      const { Metrics } = await import("@aws-lambda-powertools/metrics");
      const metrics = new Metrics({ namespace: OWN_METRICS_NAMESPACE });
      // Powertools' own dimension would make other series than those that the dashboard shows.
      metrics.clearDefaultDimensions();
      metrics.setDefaultDimensions({ [FUNCTION_DIMENSION]: functionName });
      const units = new Map(ownMetrics.map(({ name, unit }) => [name, unit]));
      for (const { name, value } of publishing) metrics.addMetric(name, units.get(name) ?? "Count", value);
      // A full line was written on the way; there may be nothing left.
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
