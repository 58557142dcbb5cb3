import { readEmbeddedMetrics } from "./embeddedMetrics.ts";
import { readPlatformReport } from "./platformReport.ts";

/** One metric of one function, since the stack started. */
export interface RecordedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  /** The function that wrote it. */
  readonly functionName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** How many values there were. */
  readonly count: number;
  readonly sum: number;
  readonly max: number;
  readonly last: number;
  /** When the last came, in ms since 1970. */
  readonly lastAt: number;
}

export interface RecordedMetrics {
  /** Takes a line of a function's log: one in the embedded metric format, or a report of the platform. Others are none of its business. */
  record(functionName: string, fields: unknown): void;
  /** All series so far, by function and name. */
  snapshot(): readonly RecordedMetric[];
}

/** What Lambda measures by itself; their names are CloudWatch's, or the metric table's. */
const LAMBDA_NAMESPACE = "AWS/Lambda";

/** Keeps, for each metric of each function, its count, sum, maximum and last value: no history, so that a stack may run for days. */
export function createRecordedMetrics(): RecordedMetrics {
  const series = new Map<string, RecordedMetric>();

  const add = (of: Omit<RecordedMetric, "count" | "sum" | "max" | "last">, values: readonly number[]): void => {
    const dimensions = Object.entries(of.dimensions).map(([name, value]) => JSON.stringify([name, value]));
    const key = JSON.stringify([of.functionName, of.namespace, of.name, ...dimensions.toSorted()]);
    for (const value of values) {
      const { count, sum, max } = series.get(key) ?? { count: 0, sum: 0, max: Number.NEGATIVE_INFINITY };
      series.set(key, { ...of, count: count + 1, sum: sum + value, max: Math.max(max, value), last: value });
    }
  };

  return {
    record(functionName, fields) {
      for (const { values, timestamp, ...metric } of readEmbeddedMetrics(fields))
        add({ ...metric, functionName, lastAt: timestamp }, values);
      const report = readPlatformReport(fields);
      if (report === undefined) return;
      const own = { namespace: LAMBDA_NAMESPACE, unit: "Milliseconds", functionName, dimensions: { FunctionName: functionName } };
      add({ ...own, name: "Duration", lastAt: report.at }, [report.durationMs]);
      if (report.initDurationMs !== undefined) add({ ...own, name: "InitDuration", lastAt: report.at }, [report.initDurationMs]);
    },
    snapshot() {
      const byName = (one: RecordedMetric, other: RecordedMetric): number =>
        one.functionName.localeCompare(other.functionName) || one.name.localeCompare(other.name);
      return [...series.values()].toSorted(byName);
    },
  };
}
