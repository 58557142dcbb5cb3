import type { Metric } from "@streamer/server/wiring";

/** What an operator asks, and the metrics that answer. */
export interface Section {
  readonly title: string;
  /** How to read the graphs. */
  readonly text: string;
  readonly metrics: readonly Metric[];
}

/** CloudWatch's, of all graphs of a dashboard. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const MAX_SERIES_OF_A_DASHBOARD = 2_500;

/** In the order of an operator's questions. What no section names stands in the last one. */
const QUESTIONS: readonly (Omit<Section, "metrics"> & { readonly names: readonly string[] })[] = [
  {
    title: "Are users served?",
    text: "Who is connected, what is answered, how fast, and what is refused. Refused tokens and messages are mostly clients' errors: a sudden rise is a key, an issuer or a release.",
    names: [
      "ActiveConnections",
      "ErrorRate",
      "ExecutionError",
      "IntegrationError",
      "IntegrationLatency",
      "SendLatency",
      "RequestFailureRate",
      "RequestDuration",
      "TimeToFirstProgress",
      "AuthenticationFailures",
      "ConnectionsRefused",
      "MessagesRefused",
      "ClientError",
    ],
  },
  {
    title: "Is work flowing?",
    text: "From the table's stream by the Pipe to the queues, and to workers. Work that waits means too few or too slow workers; events that the sweeper sends again mean that the Pipe does not deliver; a sweeper without data does not run.",
    names: [
      "QueueWait",
      "ApproximateAgeOfOldestMessage",
      "OldestOpenRequest",
      "SweepDispatched",
      "SweepDue",
      "RequestsSubmitted",
      "RequestsCompleted",
      "RequestsRetried",
      "AttemptsTimedOut",
      "Duration",
    ],
  },
  {
    title: "Is something lost?",
    text: "None of these is ever right: what is lost here was told to its client as failed, did not reach it, or waits for somebody among the dead letters.",
    names: [
      "ApproximateNumberOfMessagesVisible",
      "ExecutionFailed",
      "FailedInvocations",
      "SweepRecovered",
      "SweepAbandoned",
      "SweepExpired",
      "SweepFailures",
      "RequestsFailed",
      "SendUnavailable",
      "SendRefused",
      "SendSkipped",
      "TopicMessagesLost",
    ],
  },
  {
    title: "Is it near a limit?",
    text: "Of Lambda, the table, the Pipe, API Gateway, or a tenant's rate. What is refused here is tried again, later and slower.",
    names: [
      "ConcurrentExecutions",
      "Throttles",
      "InitDuration",
      "ReadThrottleEvents",
      "WriteThrottleEvents",
      "ExecutionThrottled",
      "SendThrottled",
      "BreakerState",
      "MessagesRateLimited",
    ],
  },
];

const VOLUME = { title: "How much goes on?", text: "Traffic, and what is billed by it." };

/** Every metric in one section, in the order that the section names them. */
export function sectionsOf(metrics: readonly Metric[]): readonly Section[] {
  const asked = QUESTIONS.map(({ names, ...section }) => ({
    ...section,
    metrics: names.flatMap((name) => metrics.filter((metric) => metric.name === name)),
  }));
  const rest = metrics.filter((metric) => !asked.some((section) => section.metrics.includes(metric)));
  return [...asked, { ...VOLUME, metrics: rest }].filter((section) => section.metrics.length > 0);
}

/**
 * As few dashboards as hold the sections.
 *
 * @param linesOf how many things a metric is measured on.
 */
export function inDashboards(sections: readonly Section[], linesOf: (metric: Metric) => number): readonly (readonly Section[])[] {
  const dashboards: Section[][] = [];
  let series = 0;
  for (const section of sections) {
    const own = section.metrics.reduce((total, metric) => total + linesOf(metric) * (metric.ratio === undefined ? 1 : 2), 0);
    const last = dashboards.at(-1);
    if (last === undefined || series + own > MAX_SERIES_OF_A_DASHBOARD) {
      dashboards.push([section]);
      series = own;
    } else {
      last.push(section);
      series += own;
    }
  }
  return dashboards;
}
