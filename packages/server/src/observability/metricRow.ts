/**
 * What a metric is measured on; there is one series for each of these in an app. `function` is all functions. Those that write metrics of
 * their own are further told apart by what they do: `authenticator` is who looks at tokens (connect and router), `sender` who sends messages
 * (router, processors, notifier and sweeper).
 */
export type MetricTarget = FunctionTarget | "function" | "queue" | "dead_letters" | "pipe" | "rule" | "api" | "table" | "account";
/** A kind of function, as far as it writes metrics of its own. */
export type FunctionTarget = "connect" | "disconnect" | "router" | "authenticator" | "processor" | "notifier" | "sweeper" | "sender";

/** Low: look at it in working hours. High: work is being lost or refused now. */
export type Severity = "low" | "high";

/** Stages that have alarms; a developer's own stage has none (S-228). */
export type AlarmStage = "staging" | "prod";

/** When a metric wakes somebody. */
export interface MetricAlarm {
  /** The requirement it answers (`S-…`), or a name of its own. Unique within its metric. */
  readonly id: string;
  readonly severity: Severity;
  readonly comparison: "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold" | "LessThanThreshold";
  /** In the metric's unit. Staging's are the lower ones (S-229). */
  readonly threshold: Readonly<Record<AlarmStage, number>>;
  readonly periodSeconds: 60 | 300;
  /** So many periods in a row must breach. */
  readonly periods: number;
  /** What no data means. A metric that is sent only when something fails is well without data. */
  readonly treatMissing: "notBreaching" | "breaching" | "ignore" | "missing";
  /** Page of the runbooks that says what to do. */
  readonly runbook: string;
}

/** A metric: where it comes from, what it means, and its alarms. */
export interface Metric {
  /** Of the metric as CloudWatch knows it; for a ratio, of what it shows. */
  readonly name: string;
  readonly namespace: string;
  readonly unit: "Count" | "Count/Second" | "Percent" | "Seconds" | "Milliseconds";
  readonly statistic: "Sum" | "Maximum" | "Average" | "p95";
  readonly target: MetricTarget;
  /** Names of CloudWatch's dimensions; their values come from the target. */
  readonly dimensions: readonly string[];
  readonly meaning: string;
  /** Not a metric of AWS but 100 × one / another, of the same namespace and target. */
  readonly ratio?: { readonly of: string; readonly to: string };
  /** Not a metric of AWS but read from the function's log: what lines, and which field of them. */
  readonly logFilter?: { readonly pattern: string; readonly value: string };
  /** Not the value itself but 100 × it / the account's limit of concurrent executions. */
  readonly percentOfConcurrencyLimit?: true;
  readonly alarms?: readonly MetricAlarm[];
}

export const COUNT = { unit: "Count", statistic: "Sum" } as const;

/** Any at all is too many: work has gone where nobody takes it, or is refused. */
export function any(id: string, runbook: string, severity: Severity = "high"): MetricAlarm {
  return {
    id,
    severity,
    comparison: "GreaterThanThreshold",
    threshold: { staging: 0, prod: 0 },
    periodSeconds: 60,
    periods: 1,
    treatMissing: "notBreaching",
    runbook,
  };
}

/** More than so many in each of three periods of five minutes. */
export function sustained(
  id: string,
  runbook: string,
  threshold: Readonly<Record<AlarmStage, number>>,
  severity: Severity = "low",
): MetricAlarm {
  return {
    id,
    severity,
    comparison: "GreaterThanThreshold",
    threshold,
    periodSeconds: 300,
    periods: 3,
    treatMissing: "notBreaching",
    runbook,
  };
}
