import { any, COUNT, sustained } from "./metricRow.ts";
import type { Metric } from "./metricRow.ts";

/** Namespace of metrics that are read from logs. The app's name and stage follow. */
export const LOG_METRICS_NAMESPACE = "Streamer";

const LAMBDA = { namespace: "AWS/Lambda", target: "function", dimensions: ["FunctionName"] } as const;
const API = { namespace: "AWS/ApiGateway", target: "api", dimensions: ["ApiId", "Stage"] } as const;
const TABLE = { namespace: "AWS/DynamoDB", target: "table", dimensions: ["TableName"] } as const;
const PIPE = { namespace: "AWS/EventBridge/Pipes", target: "pipe", dimensions: ["PipeName"] } as const;
const QUEUE = { namespace: "AWS/SQS", dimensions: ["QueueName"] } as const;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export const functionMetrics: readonly Metric[] = [
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
export const deliveryMetrics: readonly Metric[] = [
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
export const edgeMetrics: readonly Metric[] = [
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
