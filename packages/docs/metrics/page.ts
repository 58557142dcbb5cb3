import { METRIC_GROUPS } from "@streamer/server/wiring";
import type { Metric, MetricAlarm, MetricTarget } from "@streamer/server/wiring";

const BEGIN = "<!-- written by npm run metrics -- --write -->";
const END = "<!-- end -->";

const MEASURED_ON: Readonly<Record<MetricTarget, string>> = {
  function: "each function",
  connect: "connect",
  disconnect: "disconnect",
  router: "router",
  authenticator: "connect, router",
  processor: "each processor",
  notifier: "notifier",
  sweeper: "sweeper",
  sender: "router, each processor, notifier, sweeper",
  queue: "each action's queue, the notifier's",
  dead_letters: "each queue of dead letters",
  pipe: "the Pipe",
  rule: "each rule",
  api: "the API",
  table: "the table",
  account: "the account",
};
const UNITS: Readonly<Record<Metric["unit"], string>> = {
  Count: "",
  "Count/Second": " a second",
  Percent: " %",
  Seconds: " s",
  Milliseconds: " ms",
};
const COMPARISONS: Readonly<Record<MetricAlarm["comparison"], string>> = {
  GreaterThanThreshold: ">",
  GreaterThanOrEqualToThreshold: "≥",
  LessThanThreshold: "<",
};

/** The table, as markdown. */
export function renderMetrics(): string {
  return METRIC_GROUPS.map(({ title, metrics }) => [`### ${title}`, "", ...lines(metrics)].join("\n")).join("\n\n");
}

/**
 * The page with its written part replaced.
 *
 * @throws when the page has lost its markers.
 */
export function withMetrics(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`The page has no "${BEGIN}" followed by "${END}". Put both back where the tables go.`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${renderMetrics()}\n\n${page.slice(end)}`;
}

function lines(metrics: readonly Metric[]): readonly string[] {
  const head = ["Metric", "Unit", "Where", "Measured on, dimensions", "Meaning", "Alarms"];
  const rows = metrics.map((metric) => [
    `\`${metric.name}\``,
    `${metric.unit}, ${metric.statistic}`,
    whereOf(metric),
    `${MEASURED_ON[metric.target]}${metric.logFilter === undefined ? dimensionsOf(metric) : "; the name ends in the function's"}`,
    metric.meaning,
    (metric.alarms ?? []).map((alarm) => alarmText(metric, alarm)).join("<br>"),
  ]);
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);
}

function whereOf({ namespace, ratio, logFilter, percentOfConcurrencyLimit }: Metric): string {
  if (ratio !== undefined) return `\`${namespace}\`: 100 × ${ratio.of} / ${ratio.to}`;
  if (logFilter !== undefined) return `\`${namespace}/<app>-<stage>\`, from the log`;
  return percentOfConcurrencyLimit === true ? `\`${namespace}\`: 100 × it / the limit` : `\`${namespace}\``;
}

function dimensionsOf({ dimensions }: Metric): string {
  return dimensions.length === 0 ? "; none" : `; ${dimensions.map((name) => `\`${name}\``).join(", ")}`;
}

/** `dead-letters: > 0 for 1 × 1 min, high; runbook`. */
function alarmText(
  { unit }: Metric,
  { id, comparison, threshold, periods, periodSeconds, treatMissing, severity, runbook }: MetricAlarm,
): string {
  const { prod, staging } = threshold;
  const limits = prod === staging ? `${show(prod)}${UNITS[unit]}` : `${show(prod)}${UNITS[unit]} (staging ${show(staging)})`;
  const missing = treatMissing === "breaching" ? ", or no data," : "";
  return `${id}: ${COMPARISONS[comparison]} ${limits}${missing} for ${periods} × ${periodSeconds / 60} min, ${severity}: [${runbook}](runbooks/${runbook}.md)`;
}

function show(value: number): string {
  return value.toLocaleString("en-US");
}
