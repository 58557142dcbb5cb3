/**
 * Every metric the system is watched by, as plain data: the dashboard shows each row, and the alarms of `stacks/` are made from them.
 * A new metric is a new row here and nothing else.
 */

/** What a metric is measured on; there is one series for each of these in an app. */
export type MetricTarget = "function" | "sweeper" | "queue" | "dead_letters" | "pipe" | "rule" | "api" | "table" | "account";

/** Low: look at it in working hours. High: work is being lost or refused now. */
export type Severity = "low" | "high";

/** Stages that have alarms; a developer's own stage has none (S-228). */
export type AlarmStage = "staging" | "prod";

export interface MetricAlarm {
  /** The requirement it answers (`S-…`), or a name of its own. Unique within its metric. */
  readonly id: string;
  readonly severity: Severity;
  readonly comparison: "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold";
  /** In the metric's unit. Staging's are the lower ones (S-229). */
  readonly threshold: Readonly<Record<AlarmStage, number>>;
  readonly periodSeconds: 60 | 300;
  /** So many periods in a row must breach. */
  readonly periods: number;
  /** What no data means. A metric that AWS sends only when something fails is well without data. */
  readonly treatMissing: "notBreaching" | "breaching" | "ignore" | "missing";
  /** Page of the runbooks that says what to do. */
  readonly runbook: string;
}

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

/** Namespace of metrics that are read from logs. The app's name and stage follow. */
export const LOG_METRICS_NAMESPACE = "Streamer";

/** Namespace of the metrics that our own functions write. */
export const OWN_METRICS_NAMESPACE = "Streamer";
export const FUNCTION_DIMENSION = "FunctionName";

const LAMBDA = { namespace: "AWS/Lambda", target: "function", dimensions: ["FunctionName"] } as const;
const API = { namespace: "AWS/ApiGateway", target: "api", dimensions: ["ApiId", "Stage"] } as const;
const TABLE = { namespace: "AWS/DynamoDB", target: "table", dimensions: ["TableName"] } as const;
const PIPE = { namespace: "AWS/EventBridge/Pipes", target: "pipe", dimensions: ["PipeName"] } as const;
const QUEUE = { namespace: "AWS/SQS", dimensions: ["QueueName"] } as const;
const OWN = { namespace: OWN_METRICS_NAMESPACE, target: "function", dimensions: [FUNCTION_DIMENSION] } as const;
const SWEEP = { ...OWN, target: "sweeper" } as const;
const COUNT = { unit: "Count", statistic: "Sum" } as const;

/** Any at all is too many: work has gone where nobody takes it, or is refused. */
function any(id: string, runbook: string, severity: Severity = "high"): MetricAlarm {
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
function sustained(id: string, runbook: string, threshold: Readonly<Record<AlarmStage, number>>, severity: Severity = "low"): MetricAlarm {
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

/** @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
const functionMetrics: readonly Metric[] = [
  { ...LAMBDA, ...COUNT, name: "Invocations", meaning: "How often a function ran." },
  { ...LAMBDA, ...COUNT, name: "Errors", meaning: "Runs that threw, ran out of time or memory. A request that fails in order is none." },
  {
    ...LAMBDA,
    name: "ErrorRate",
    unit: "Percent",
    statistic: "Sum",
    meaning: "Errors in each hundred runs.",
    ratio: { of: "Errors", to: "Invocations" },
    alarms: [
      { ...sustained("S-204", "error-rate", { staging: 0.5, prod: 1 }), periods: 2 },
      { ...sustained("S-205", "error-rate", { staging: 2, prod: 5 }, "high"), periods: 1 },
    ],
  },
  { ...LAMBDA, name: "Duration", unit: "Milliseconds", statistic: "p95", meaning: "How long 95 of 100 runs took at most." },
  {
    ...LAMBDA,
    ...COUNT,
    name: "Throttles",
    meaning: "Runs that Lambda refused for lack of concurrency.",
    alarms: [sustained("throttled-functions", "concurrency", { staging: 0, prod: 10 }, "high")],
  },
  {
    ...LAMBDA,
    name: "InitDuration",
    namespace: LOG_METRICS_NAMESPACE,
    unit: "Milliseconds",
    statistic: "p95",
    meaning: "How long a cold start's own part took, from the platform's report in the function's log.",
    logFilter: {
      pattern: '{ ($.type = "platform.report") && ($.record.metrics.initDurationMs = *) }',
      value: "$.record.metrics.initDurationMs",
    },
    alarms: [sustained("S-206", "cold-starts", { staging: 800, prod: 1_000 })],
  },
  {
    namespace: "AWS/Lambda",
    target: "account",
    dimensions: [],
    name: "ConcurrentExecutions",
    unit: "Percent",
    statistic: "Maximum",
    meaning: "Functions of the whole account that run at a time, in percent of its limit.",
    percentOfConcurrencyLimit: true,
    alarms: [{ ...sustained("S-207", "concurrency", { staging: 50, prod: 80 }, "high"), periodSeconds: 60 }],
  },
];

/**
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-monitoring.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
 */
const deliveryMetrics: readonly Metric[] = [
  {
    ...QUEUE,
    target: "queue",
    name: "ApproximateAgeOfOldestMessage",
    unit: "Seconds",
    statistic: "Maximum",
    meaning: "How long the oldest message of an action has waited, its earlier attempts included.",
    alarms: [sustained("waiting-work", "backlog", { staging: 1_800, prod: 3_600 })],
  },
  {
    ...QUEUE,
    target: "dead_letters",
    name: "ApproximateNumberOfMessagesVisible",
    unit: "Count",
    statistic: "Maximum",
    meaning: "Dead letters that wait for somebody.",
    alarms: [any("dead-letters", "dead-letters")],
  },
  { ...PIPE, ...COUNT, name: "Invocations", meaning: "Batches of transitions that the Pipe took from the table's stream." },
  {
    ...PIPE,
    ...COUNT,
    name: "ExecutionFailed",
    meaning: "Batches that the Pipe could not put on the bus. It tries again; enough of these and AWS stops it.",
    alarms: [any("pipe-failed", "pipe")],
  },
  {
    ...PIPE,
    ...COUNT,
    name: "ExecutionThrottled",
    meaning: "Batches that had to wait for the Pipe's quota.",
    alarms: [sustained("pipe-throttled", "pipe", { staging: 0, prod: 10 })],
  },
  {
    namespace: "AWS/Events",
    target: "rule",
    dimensions: ["EventBusName", "RuleName"],
    ...COUNT,
    name: "FailedInvocations",
    meaning: "Events that a rule could not hand to its queue for good.",
    alarms: [any("rule-failed", "dead-letters")],
  },
];

/**
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 */
const edgeMetrics: readonly Metric[] = [
  { ...API, ...COUNT, name: "ConnectCount", meaning: "Connections that were asked for." },
  { ...API, ...COUNT, name: "MessageCount", meaning: "Messages in both directions: what API Gateway bills." },
  { ...API, ...COUNT, name: "ClientError", meaning: "Frames and upgrades that API Gateway refused before any code of ours." },
  {
    ...API,
    ...COUNT,
    name: "IntegrationError",
    meaning: "Routes that answered with 4xx or 5xx: refused tokens are among them.",
    alarms: [sustained("route-errors", "gateway", { staging: 20, prod: 200 })],
  },
  {
    ...API,
    ...COUNT,
    name: "ExecutionError",
    meaning: "Routes that API Gateway could not call: the client got a frame of the gateway's own.",
    alarms: [any("gateway-errors", "gateway")],
  },
  { ...API, name: "IntegrationLatency", unit: "Milliseconds", statistic: "p95", meaning: "How long 95 of 100 routes took at most." },
  {
    ...TABLE,
    ...COUNT,
    name: "ReadThrottleEvents",
    meaning: "Reads that the table refused.",
    alarms: [sustained("table-reads-throttled", "table-throttles", { staging: 0, prod: 10 })],
  },
  {
    ...TABLE,
    ...COUNT,
    name: "WriteThrottleEvents",
    meaning: "Writes that the table refused.",
    alarms: [sustained("table-writes-throttled", "table-throttles", { staging: 0, prod: 10 }, "high")],
  },
];

/** Of the connection manager, written by the functions that push: the processors and the sweeper. Others have no data (S-046 to S-050). */
export const sendMetrics = [
  {
    ...OWN,
    name: "SendLatency",
    unit: "Milliseconds",
    statistic: "p95",
    meaning: "How long 95 of 100 sends to a connection took at most, waits and retries included.",
  },
  {
    ...OWN,
    name: "BroadcastThroughput",
    unit: "Count/Second",
    statistic: "Average",
    meaning: "Connections that a broadcast reached or gave up, in each second of it.",
  },
  { ...OWN, ...COUNT, name: "SendGone", meaning: "Sends to connections that were gone (410), whose records were removed." },
  { ...OWN, ...COUNT, name: "SendThrottled", meaning: "Sends that the API refused for their rate (429), dropped progress included." },
  { ...OWN, ...COUNT, name: "SendUnavailable", meaning: "Sends that failed after all retries, or were not done in time." },
  { ...OWN, ...COUNT, name: "SendRefused", meaning: "Sends that were refused for a defect of ours: too large, or not allowed." },
  { ...OWN, ...COUNT, name: "SendSkipped", meaning: "Sends that were not tried: the API or the connection had failed before." },
  {
    ...OWN,
    name: "BreakerState",
    unit: "Count",
    statistic: "Maximum",
    meaning: "Changes of the breaker around the management API: 0 closed, 1 half-open, 2 open.",
  },
] as const satisfies readonly Metric[];

export type SendMetricName = (typeof sendMetrics)[number]["name"];

/** Of the sweeper, written by itself after each sweep. */
export const sweepMetrics = [
  {
    ...SWEEP,
    name: "SweepDue",
    unit: "Count",
    statistic: "Maximum",
    meaning: "Open requests that a sweep looked at: overdue ones, and those that run longer than their first lease.",
  },
  { ...SWEEP, ...COUNT, name: "SweepDispatched", meaning: "Waiting requests whose event was sent again." },
  { ...SWEEP, ...COUNT, name: "SweepRecovered", meaning: "Requests that are tried again since their worker was lost." },
  {
    ...SWEEP,
    ...COUNT,
    name: "SweepAbandoned",
    meaning: "Requests that failed since their worker was lost and no attempts were left, or their action was removed.",
    alarms: [any("abandoned-requests", "dead-letters")],
  },
  {
    ...SWEEP,
    ...COUNT,
    name: "SweepExpired",
    meaning: "Requests that failed since nobody started them in time, or their action was removed.",
    alarms: [any("expired-requests", "dead-letters")],
  },
  {
    ...SWEEP,
    ...COUNT,
    name: "SweepFailures",
    meaning: "Requests that a sweep could not see to, and events that the bus refused. The next sweep tries again.",
    alarms: [sustained("sweep-failures", "backlog", { staging: 0, prod: 10 }, "high")],
  },
  {
    ...SWEEP,
    name: "OldestOpenRequest",
    unit: "Seconds",
    statistic: "Maximum",
    meaning: "How long ago the oldest of the open requests that a sweep looked at was queued.",
    // One period: a request that waits for long is looked at once an hour.
    alarms: [{ ...sustained("oldest-request", "backlog", { staging: 3_600, prod: 7_200 }), periods: 1 }],
  },
] as const satisfies readonly Metric[];

export type SweepMetricName = (typeof sweepMetrics)[number]["name"];

/** Written by our own functions. */
export const ownMetrics: readonly Metric[] = [...sendMetrics, ...sweepMetrics];
export type OwnMetricName = SendMetricName | SweepMetricName;

export const METRICS: readonly Metric[] = [...functionMetrics, ...deliveryMetrics, ...edgeMetrics, ...ownMetrics];
