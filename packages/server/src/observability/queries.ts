import type { StoredQuery } from "./storedQuery.ts";

const ALL = ["all"] as const;
const REFUSED = 'level = "INFO" and ispresent(code)';
/** Lines that end the run of a handler: in the router, or one attempt of a worker. */
const RUNS = 'filter operation in ["answer", "retry", "settle"] and ispresent(duration_ms)';
const TROUBLE = 'level in ["WARN", "ERROR"]';

/** What a line says of itself, in the order of a table's columns. */
const LINE = "fields @timestamp, service, level, operation, message";

function lines(...commands: readonly string[]): string {
  return commands.join("\n| ");
}

/** The story of one thing, from its first line to its last. */
function story(filter: string): string {
  return lines(
    `${LINE}, request_id, action, attempt, duration_ms, code, error.name, error.message`,
    `filter ${filter}`,
    "sort @timestamp asc",
    "limit 1000",
  );
}

/**
 * The questions an operator asks of the logs: `stacks/` stores each in the account, and the runbooks name them. Field names are those of
 * the log's schema, of the platform's report or of a metric's line; a test compares them.
 */
export const QUERIES: readonly StoredQuery[] = [
  {
    name: "request",
    purpose: "All that was said of one request, in every function.",
    query: story('request_id = "<request_id>"'),
    functions: ALL,
    runbook: "requests-not-processed",
  },
  {
    name: "correlation",
    purpose: "All that followed from one frame of a client, by the correlation id that each message about it carries.",
    query: story('correlation_id = "<correlation_id>"'),
    functions: ALL,
    runbook: "requests-not-processed",
  },
  {
    name: "connection",
    purpose: "One connection's life: opened, its messages, sends to it that failed, closed.",
    query: story('connection_id = "<connection_id>"'),
    functions: ALL,
    runbook: "connection-failures",
  },
  {
    name: "trace",
    purpose: "From X-Ray to the log: what was said in the invocations of one trace.",
    query: story('xray_trace_id = "<xray_trace_id>"'),
    functions: ALL,
    runbook: "performance",
  },
  {
    name: "user",
    purpose: "What went wrong, or was refused, for one user.",
    query: story(`user_id = "<user_id>" and tenant_id = "<tenant_id>" and (${TROUBLE} or ispresent(code))`),
    functions: ALL,
    runbook: "connection-failures",
  },
  {
    name: "errors",
    purpose: "Errors by what was done, the action and the code: which kind is frequent.",
    query: lines(
      'filter level = "ERROR"',
      "stats count(*) as lines by operation, action, code, error.name",
      "sort lines desc",
      "limit 100",
    ),
    functions: ALL,
    runbook: "error-rate",
  },
  {
    name: "recent-errors",
    purpose: "The last errors, with what is known of each.",
    query: lines(
      `${LINE}, code, error.name, error.message, action, request_id, correlation_id, tenant_id`,
      'filter level = "ERROR"',
      "sort @timestamp desc",
      "limit 100",
    ),
    functions: ALL,
    runbook: "error-rate",
  },
  {
    name: "refused-tokens",
    purpose: "Connections and authentications that were refused, by their reason.",
    query: lines(
      `filter operation in ["connect", "authenticate"] and ${REFUSED}`,
      "stats count(*) as refused by operation, code, reason",
      "sort refused desc",
      "limit 100",
    ),
    functions: ["connect", "router"],
    runbook: "auth-failures",
  },
  {
    name: "refused-messages",
    purpose: "Frames that were answered with an error, by code and action: bad input, missing permissions, rate limits.",
    query: lines(`filter ${REFUSED}`, "stats count(*) as refused by code, action, tenant_id", "sort refused desc", "limit 100"),
    functions: ["router"],
    runbook: "connection-failures",
  },
  {
    name: "slow-handlers",
    purpose: "How long the work of each action takes: which one is slow.",
    query: lines(
      RUNS,
      "stats count(*) as runs, avg(duration_ms) as average_ms, pct(duration_ms, 95) as p95_ms, max(duration_ms) as longest_ms by action, operation",
      "sort p95_ms desc",
      "limit 100",
    ),
    functions: ["router", "processors"],
    runbook: "slow-handler",
  },
  {
    name: "slowest-requests",
    purpose: "The requests that took longest, to look at each with `request`.",
    query: lines(`${LINE}, duration_ms, action, request_id, attempt, tenant_id, trace_id`, RUNS, "sort duration_ms desc", "limit 100"),
    functions: ["router", "processors"],
    runbook: "slow-handler",
  },
  {
    name: "retries",
    purpose: "Attempts beyond the first, by action: what is tried again and again.",
    query: lines(
      "filter attempt > 1",
      "stats count(*) as lines, max(attempt) as attempts by action, operation, level",
      "sort attempts desc",
      "limit 100",
    ),
    functions: ["processors"],
    runbook: "failed-requests",
  },
  {
    name: "failed-attempts",
    purpose:
      "Attempts that failed, messages that went back to their queue, and requests that failed for good: what dead letters are made of.",
    query: lines(
      `${LINE}, action, attempt, code, error.name, error.message, request_id, correlation_id`,
      `filter ${TROUBLE}`,
      "sort @timestamp desc",
      "limit 200",
    ),
    functions: ["processors"],
    runbook: "failed-requests",
  },
  {
    name: "ended-by-lambda",
    purpose: "Runs that Lambda ended itself, by time-out or for lack of memory, and those whose process died.",
    query: lines(
      "fields @timestamp, @log, record.requestId, record.status, record.errorType, record.metrics.durationMs, record.metrics.maxMemoryUsedMB, record.metrics.memorySizeMB",
      'filter type = "platform.report" and record.status != "success"',
      "sort @timestamp desc",
      "limit 100",
    ),
    functions: ALL,
    runbook: "error-rate",
  },
  {
    name: "cold-starts",
    purpose: "Cold starts of each function, and how long their own part took.",
    query: lines(
      'filter type = "platform.report" and ispresent(record.metrics.initDurationMs)',
      "stats count(*) as starts, avg(record.metrics.initDurationMs) as average_ms, max(record.metrics.initDurationMs) as longest_ms by @log",
      "sort longest_ms desc",
      "limit 100",
    ),
    functions: ALL,
    runbook: "cold-starts",
  },
  {
    name: "memory",
    purpose: "How much of its memory each function uses: what may be given more, or less.",
    query: lines(
      'filter type = "platform.report"',
      "stats max(record.metrics.maxMemoryUsedMB) as used_mb, max(record.metrics.memorySizeMB) as given_mb, count(*) as runs by @log",
      "sort used_mb desc",
      "limit 100",
    ),
    functions: ALL,
    runbook: "performance",
  },
  {
    name: "sends-that-failed",
    purpose: "Sends to connections that failed, by function: gone connections, throttling, the API not answering, our own defects.",
    query: lines(
      "filter SendGone > 0 or SendThrottled > 0 or SendUnavailable > 0 or SendRefused > 0 or SendSkipped > 0",
      "stats sum(SendGone) as gone, sum(SendThrottled) as throttled, sum(SendUnavailable) as unavailable, sum(SendRefused) as refused, sum(SendSkipped) as skipped by FunctionName",
      "limit 100",
    ),
    functions: ALL,
    runbook: "sends",
  },
  {
    name: "updates-that-failed",
    purpose: "Progress, output and outcomes that were not stored or not sent, by request (S-212).",
    query: lines(
      `${LINE}, request_id, connection_id, action, code, error.name, error.message`,
      `filter operation in ["progress", "chunk", "send"] and ${TROUBLE}`,
      "sort @timestamp desc",
      "limit 200",
    ),
    functions: ["processors", "sweeper"],
    runbook: "progress-not-arriving",
  },
  {
    name: "sweeps",
    purpose: "What each sweep found: requests that were due, sent again, given to another worker, or given up.",
    query: lines(
      "fields @timestamp, SweepDue, SweepDispatched, SweepRecovered, SweepAbandoned, SweepExpired, SweepFailures, OldestOpenRequest",
      "filter ispresent(SweepDue)",
      "sort @timestamp desc",
      "limit 100",
    ),
    functions: ["sweeper"],
    runbook: "sweeper",
  },
  {
    name: "sweeper-decisions",
    purpose: "What the sweeper did with each request, and what it could not see to. Events sent again are among them at level DEBUG only.",
    query: lines(
      `${LINE}, step, status, attempt, reason, action, request_id, correlation_id, error.name, error.message`,
      `filter ispresent(request_id) or ${TROUBLE}`,
      "sort @timestamp desc",
      "limit 200",
    ),
    functions: ["sweeper"],
    runbook: "sweeper",
  },
  {
    name: "notifier-losses",
    purpose: "Messages of topics that did not reach their subscribers, and what the notifier could not do.",
    query: lines(
      `${LINE}, topic, connection_id, code, error.name, error.message, TopicMessages, TopicMessagesLost`,
      `filter ${TROUBLE} or TopicMessagesLost > 0`,
      "sort @timestamp desc",
      "limit 200",
    ),
    functions: ["notifier"],
    runbook: "sends",
  },
  {
    name: "events-not-published",
    purpose: "Events of handlers, and of connections that came or went, which the bus did not take.",
    query: lines(
      `${LINE}, topic, code, error.name, error.message, action, request_id, connection_id`,
      `filter operation = "publish" and ${TROUBLE}`,
      "sort @timestamp desc",
      "limit 200",
    ),
    functions: ["disconnect", "router", "processors", "sweeper"],
    runbook: "error-rate",
  },
  {
    name: "gateway-refusals",
    purpose: "Upgrades and frames that API Gateway answered with an error: before a function, by it, or since it could not be called.",
    query: lines(
      "filter status >= 400",
      "stats count(*) as refused by routeKey, eventType, status, integrationStatus, integrationServiceStatus",
      "sort refused desc",
      "limit 100",
    ),
    functions: [],
    services: ["gateway"],
    runbook: "gateway",
  },
  {
    name: "pipe-errors",
    purpose: "What the Pipe could not read from the stream or put on the bus. Records themselves are not in its log.",
    query: lines(
      "fields @timestamp, messageType, logLevel, executionId, error.message, error.httpStatusCode",
      'filter logLevel = "ERROR"',
      "sort @timestamp desc",
      "limit 100",
    ),
    functions: [],
    services: ["pipe"],
    runbook: "pipe",
  },
];
