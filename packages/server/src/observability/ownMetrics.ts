import { FUNCTION_DIMENSION, OWN_METRICS_NAMESPACE, ownMetrics } from "./metrics.ts";
import type { OwnMetricName } from "./metrics.ts";

/** Keeps the metrics that a function writes itself, until they are published. */
export interface OwnMetrics {
  /** Keeps a value until `publish`: of a count the sum, of all else each value. */
  add(name: OwnMetricName, value: number): void;
  /**
   * Writes what there is to the log, in CloudWatch's embedded metric format: no call of any API. Once for each invocation. Nothing is
   * written when `POWERTOOLS_METRICS_DISABLED` is set, or there is nothing.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
   */
  publish(): Promise<void>;
}

/** Whose metrics they are. */
export interface OwnMetricsConfig {
  /** The dimension's value; the dashboard's lines are those of functions. */
  readonly functionName: string;
}

const ROWS = new Map(ownMetrics.map((row) => [row.name, row]));

/** Metrics of one function, kept until they are published. */
export function createOwnMetrics({ functionName }: OwnMetricsConfig): OwnMetrics {
  /** Values by name: of a count its sum so far, since nobody asks how it was made up; of all else each. */
  let values = new Map<OwnMetricName, number[]>();
  return {
    add(name, value) {
      const before = values.get(name);
      if (before === undefined) values.set(name, [value]);
      else if (ROWS.get(name)?.statistic === "Sum") before[0] = (before[0] ?? 0) + value;
      else before.push(value);
    },
    async publish() {
      if (values.size === 0) return;
      const publishing = values;
      values = new Map();
      // Late: a cold start does not wait for it.
      const { Metrics } = await import("@aws-lambda-powertools/metrics");
      const metrics = new Metrics({ namespace: OWN_METRICS_NAMESPACE });
      // Powertools' own dimension would make other series than those that the dashboard shows.
      metrics.clearDefaultDimensions();
      metrics.setDefaultDimensions({ [FUNCTION_DIMENSION]: functionName });
      for (const [name, all] of publishing) for (const value of all) metrics.addMetric(name, ROWS.get(name)?.unit ?? "Count", value);
      // A full line was written on the way; there may be nothing left.
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
