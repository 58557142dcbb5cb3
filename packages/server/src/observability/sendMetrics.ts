import type { BreakerState } from "../connection/breaker.ts";
import type { ConnectionMetrics, SendOutcome } from "../connection/connectionMetrics.ts";
import { FUNCTION_DIMENSION, OWN_METRICS_NAMESPACE, sendMetrics } from "./metrics.ts";
import type { SendMetricName } from "./metrics.ts";

/** Keeps the connection manager's numbers until they are published. */
export interface PublishedSendMetrics extends ConnectionMetrics {
  /**
   * Writes what there is to the log, in CloudWatch's embedded metric format: no call of any API. Once for each invocation. Nothing is
   * written when `POWERTOOLS_METRICS_DISABLED` is set, or there is nothing.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
   */
  publish(): Promise<void>;
}

export interface SendMetricsConfig {
  /** The dimension's value; the dashboard's lines are those of functions. */
  readonly functionName: string;
}

/** Outcomes that are no failure count nothing beside their latency. */
const COUNTED_AS: Readonly<Record<SendOutcome, SendMetricName | undefined>> = {
  sent: undefined,
  not_found: undefined,
  gone: "SendGone",
  throttled: "SendThrottled",
  dropped: "SendThrottled",
  unavailable: "SendUnavailable",
  timed_out: "SendUnavailable",
  aborted: "SendUnavailable",
  forbidden: "SendRefused",
  too_large: "SendRefused",
  circuit_open: "SendSkipped",
  unhealthy: "SendSkipped",
};
const BREAKER_STATES: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 1, open: 2 };

export function createSendMetrics({ functionName }: SendMetricsConfig): PublishedSendMetrics {
  let values: { readonly name: SendMetricName; readonly value: number }[] = [];
  const add = (name: SendMetricName | undefined, value: number): void => {
    if (name !== undefined) values.push({ name, value });
  };
  return {
    send(outcome, latencyMs) {
      if (outcome !== "not_found" && outcome !== "unhealthy") add("SendLatency", latencyMs);
      add(COUNTED_AS[outcome], 1);
    },
    broadcast(connections, durationMs) {
      // What took no measurable time has no throughput.
      if (durationMs > 0) add("BroadcastThroughput", (connections / durationMs) * 1_000);
    },
    breaker: (state) => add("BreakerState", BREAKER_STATES[state]),
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
      const units = new Map(sendMetrics.map(({ name, unit }) => [name, unit]));
      for (const { name, value } of publishing) metrics.addMetric(name, units.get(name) ?? "Count", value);
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
