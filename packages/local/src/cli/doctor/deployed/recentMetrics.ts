import { GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { Clock } from "@streamer/protocol";

export interface WantedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: "Sum" | "Maximum";
}

export interface MetricOptions {
  readonly clock: Clock;
  /** How far back, in ms; whole minutes. */
  readonly backMs: number;
  readonly signal: AbortSignal;
}

/** So many in one call. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const MAX_QUERIES = 500;
const PERIOD_SECONDS = 60;

/** Of each metric, one number over the time: the sum or the highest of its minutes; `undefined` when CloudWatch has no data of it. */
export async function recentMetrics(
  cloudwatch: CloudWatchClient,
  wanted: readonly WantedMetric[],
  { clock, backMs, signal }: MetricOptions,
): Promise<readonly (number | undefined)[]> {
  if (wanted.length === 0) return [];
  if (wanted.length > MAX_QUERIES) {
    const options = { clock, backMs, signal };
    return [
      ...(await recentMetrics(cloudwatch, wanted.slice(0, MAX_QUERIES), options)),
      ...(await recentMetrics(cloudwatch, wanted.slice(MAX_QUERIES), options)),
    ];
  }
  const command = new GetMetricDataCommand({
    StartTime: new Date(clock.now() - backMs),
    EndTime: new Date(clock.now()),
    MetricDataQueries: wanted.map(({ namespace, name, dimensions, statistic }, index) => ({
      Id: `m${index}`,
      MetricStat: {
        Metric: {
          Namespace: namespace,
          MetricName: name,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        },
        Period: PERIOD_SECONDS,
        Stat: statistic,
      },
    })),
  });
  const { MetricDataResults: results = [] } = await cloudwatch.send(command, { abortSignal: signal });
  return wanted.map(({ statistic }, index) => {
    const values = results.find(({ Id }) => Id === `m${index}`)?.Values ?? [];
    if (values.length === 0) return undefined;
    return statistic === "Sum" ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
  });
}
