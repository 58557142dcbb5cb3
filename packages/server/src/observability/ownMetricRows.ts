import { any, COUNT, sustained } from "./metricRow.ts";
import type { FunctionTarget, Metric } from "./metricRow.ts";

/** Namespace of the metrics that our own functions write. */
export const OWN_METRICS_NAMESPACE = "Streamer";
export const FUNCTION_DIMENSION = "FunctionName";

/** Written by the functions that do this. */
function by<const Target extends FunctionTarget>(target: Target) {
  return { namespace: OWN_METRICS_NAMESPACE, target, dimensions: [FUNCTION_DIMENSION] } as const;
}
const MILLISECONDS = { unit: "Milliseconds", statistic: "p95" } as const;

/** Of connections, from the first token to the last word (S-193 to S-196). */
export const connectionMetrics = [
  {
    ...by("sweeper"),
    name: "ActiveConnections",
    unit: "Count",
    statistic: "Maximum",
    meaning: "Connections that are open, counted by the sweeper each minute.",
  },
  { ...by("connect"), ...COUNT, name: "ConnectionsPerMinute", meaning: "Connections that were opened: the sum of a minute." },
  {
    ...by("connect"),
    ...COUNT,
    name: "ConnectionsRefused",
    meaning:
      "Connections that were not let in: by their token, their page's origin or their subprotocol, or since something of ours failed.",
  },
  { ...by("disconnect"), ...COUNT, name: "ConnectionsClosed", meaning: "Connections whose end API Gateway told of." },
  {
    ...by("disconnect"),
    name: "ConnectionDuration",
    unit: "Seconds",
    statistic: "Average",
    meaning: "How long a connection was open when it ended. API Gateway ends each after two hours.",
  },
  {
    ...by("authenticator"),
    ...COUNT,
    name: "AuthenticationFailures",
    meaning: "Tokens that were refused: when a connection was asked for, and by `authenticate`.",
    alarms: [{ ...sustained("refused-tokens", "auth-failures", { staging: 20, prod: 200 }), periods: 1 }],
  },
] as const satisfies readonly Metric[];

/** Of messages that come in, written by the router. */
export const messageMetrics = [
  {
    ...by("router"),
    ...COUNT,
    name: "MessagesRefused",
    meaning: "Messages that were answered by an error, whatever its code. The log has the codes.",
  },
  { ...by("router"), ...COUNT, name: "MessagesRateLimited", meaning: "Of these, those that came too fast (RATE_LIMITED)." },
] as const satisfies readonly Metric[];

/** Of asynchronous requests, from submit to end. */
export const requestMetrics = [
  {
    ...by("router"),
    ...COUNT,
    name: "RequestsSubmitted",
    meaning:
      "Asynchronous requests that were accepted, those of batches among them. One that is sent again under its id is not counted again.",
  },
  { ...by("processor"), ...COUNT, name: "RequestsCompleted", meaning: "Requests that ended with a result." },
  {
    ...by("processor"),
    ...COUNT,
    name: "RequestsFailed",
    meaning: "Requests that ended with an error, when no attempts were left or none would help.",
  },
  { ...by("processor"), ...COUNT, name: "RequestsCancelled", meaning: "Requests that were cancelled while they ran." },
  { ...by("processor"), ...COUNT, name: "RequestsEnded", meaning: "Requests that a processor brought to an end, whichever." },
  { ...by("processor"), ...COUNT, name: "RequestsRetried", meaning: "Attempts that failed and are followed by another." },
  {
    ...by("processor"),
    ...COUNT,
    name: "AttemptsTimedOut",
    meaning: "Attempts that ran longer than the action's timeout.",
    alarms: [sustained("slow-handlers", "slow-handler", { staging: 0, prod: 5 })],
  },
  {
    ...by("processor"),
    ...MILLISECONDS,
    name: "QueueWait",
    meaning: "How long 95 of 100 requests waited at most from their submit to the start of their first attempt.",
  },
  {
    ...by("processor"),
    ...MILLISECONDS,
    name: "TimeToFirstProgress",
    meaning: "How long it took at most, for 95 of 100 requests, from their submit until their first update was sent.",
  },
  {
    ...by("processor"),
    ...MILLISECONDS,
    name: "RequestDuration",
    meaning: "How long 95 of 100 requests took at most from their submit, or last redrive, to their end, with all attempts and waits.",
  },
] as const satisfies readonly Metric[];

/** Of the connection manager, written by the functions that push, and of the router's answers (S-046 to S-050, S-197). */
export const sendMetrics = [
  {
    ...by("sender"),
    ...COUNT,
    name: "MessagesSentPerMinute",
    meaning: "Messages that were sent to clients: the router's answers, and posts that arrived. The sum of a minute.",
  },
  {
    ...by("sender"),
    ...MILLISECONDS,
    name: "SendLatency",
    meaning: "How long 95 of 100 sends to a connection took at most, waits and retries included.",
  },
  {
    ...by("sender"),
    name: "BroadcastThroughput",
    unit: "Count/Second",
    statistic: "Average",
    meaning: "Connections that a broadcast reached or gave up, in each second of it.",
  },
  { ...by("sender"), ...COUNT, name: "SendGone", meaning: "Sends to connections that were gone (410), whose records were removed." },
  {
    ...by("sender"),
    ...COUNT,
    name: "SendThrottled",
    meaning: "Sends that the API refused for their rate (429), dropped progress included.",
  },
  {
    ...by("sender"),
    ...COUNT,
    name: "SendUnavailable",
    meaning: "Sends that failed after all retries, or were not done in time.",
    alarms: [sustained("failed-sends", "sends", { staging: 0, prod: 50 })],
  },
  { ...by("sender"), ...COUNT, name: "SendRefused", meaning: "Sends that were refused for a defect of ours: too large, or not allowed." },
  {
    ...by("sender"),
    ...COUNT,
    name: "SendSkipped",
    meaning: "Sends that were not tried: the API or the connection had failed before.",
    // While an outage lasts nothing fails any more: it is not tried.
    alarms: [sustained("skipped-sends", "sends", { staging: 0, prod: 100 })],
  },
  {
    ...by("sender"),
    name: "BreakerState",
    unit: "Count",
    statistic: "Maximum",
    meaning: "Changes of the breaker around the management API: 0 closed, 1 half-open, 2 open.",
    alarms: [{ ...any("open-breaker", "sends", "low"), threshold: { staging: 1, prod: 1 } }],
  },
] as const satisfies readonly Metric[];

/** Of the sweeper, written by itself after each sweep. */
export const sweepMetrics = [
  {
    ...by("sweeper"),
    name: "SweepDue",
    unit: "Count",
    statistic: "Maximum",
    meaning: "Open requests that a sweep looked at: overdue ones, and those that run longer than their first lease. Every sweep tells it.",
    // Never below 0: what goes off is that there is none.
    alarms: [
      {
        id: "sweeper-stopped",
        severity: "high",
        comparison: "LessThanThreshold",
        threshold: { staging: 0, prod: 0 },
        periodSeconds: 60,
        periods: 5,
        treatMissing: "breaching",
        runbook: "sweeper",
      },
    ],
  },
  {
    ...by("sweeper"),
    ...COUNT,
    name: "SweepDispatched",
    meaning: "Waiting requests whose event was sent again: the Pipe does not deliver, or the queue's backlog is longer than a minute.",
    alarms: [{ ...sustained("undelivered-requests", "pipe", { staging: 0, prod: 10 }, "high"), periods: 2 }],
  },
  { ...by("sweeper"), ...COUNT, name: "SweepRecovered", meaning: "Requests that are tried again since their worker was lost." },
  {
    ...by("sweeper"),
    ...COUNT,
    name: "SweepAbandoned",
    meaning: "Requests that failed since their worker was lost and no attempts were left, or their action was removed.",
    alarms: [any("abandoned-requests", "dead-letters")],
  },
  {
    ...by("sweeper"),
    ...COUNT,
    name: "SweepExpired",
    meaning: "Requests that failed since nobody started them in time, or their action was removed.",
    alarms: [any("expired-requests", "dead-letters")],
  },
  {
    ...by("sweeper"),
    ...COUNT,
    name: "SweepFailures",
    meaning: "Requests that a sweep could not see to, and events that the bus refused. The next sweep tries again.",
    alarms: [sustained("sweep-failures", "backlog", { staging: 0, prod: 10 }, "high")],
  },
  {
    ...by("sweeper"),
    name: "OldestOpenRequest",
    unit: "Seconds",
    statistic: "Maximum",
    meaning: "How long ago the oldest of the open requests that a sweep looked at was queued.",
    // One period: a request that waits for long is looked at once an hour.
    alarms: [{ ...sustained("oldest-request", "backlog", { staging: 3_600, prod: 7_200 }), periods: 1 }],
  },
] as const satisfies readonly Metric[];

/** Of the notifier, written by itself after each batch. */
export const notifierMetrics = [
  {
    ...by("notifier"),
    ...COUNT,
    name: "TopicMessages",
    meaning: "Messages of topics that reached a subscriber: several events may share one.",
  },
  {
    ...by("notifier"),
    ...COUNT,
    name: "TopicMessagesLost",
    meaning: "Messages of topics that did not reach a subscriber who may still be there: the send failed, or the function's time ran out.",
    alarms: [sustained("lost-topic-messages", "sends", { staging: 0, prod: 50 })],
  },
] as const satisfies readonly Metric[];

/** Calculated from metrics of our own. */
export const ownRatios: readonly Metric[] = [
  {
    ...by("processor"),
    name: "RequestFailureRate",
    unit: "Percent",
    statistic: "Sum",
    meaning:
      "Failed requests in each hundred that ended. A request that fails in order is no error of the function, so no other rate shows it.",
    ratio: { of: "RequestsFailed", to: "RequestsEnded" },
    alarms: [sustained("failing-requests", "failed-requests", { staging: 5, prod: 10 })],
  },
];
