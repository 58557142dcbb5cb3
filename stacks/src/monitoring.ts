import { METRICS } from "@streamer/server/wiring";
import { createAlarm } from "./alarms.ts";
import { createAlarmTopic } from "./alarmTopic.ts";
import type { StackContext } from "./context.ts";
import { createDashboards } from "./dashboard.ts";
import { pascalCase } from "./names.ts";
import { createNotWell } from "./notWell.ts";
import type { Parts } from "./parts.ts";
import { createTraceGroups } from "./traceGroups.ts";
import { createLogMetrics, watchedParts } from "./watched.ts";

export interface MonitoringStack {
  /** Subscribe to it to hear of alarms. */
  readonly topic: aws.sns.Topic;
  /** Whether any alarm of high severity is off. It tells nobody: give it actions of your own, or ask for its state after a deployment. */
  readonly notWell: aws.cloudwatch.CompositeAlarm;
  /** One; several where the app has more than one can show. */
  readonly dashboards: readonly aws.cloudwatch.Dashboard[];
}

/** Alarms and dashboard from the metric table, and searches for traces; nothing on a developer's stage. */
export function createMonitoring(context: StackContext, parts: Parts): MonitoringStack | undefined {
  const stage = context.settings.alarms;
  if (stage === undefined) return undefined;
  const watched = watchedParts(parts);
  const topic = createAlarmTopic(context);
  const alarms = METRICS.flatMap((metric) =>
    watched[metric.target].flatMap((one) => {
      createLogMetrics(context, metric, one, `${pascalCase(one.name)}${metric.name}`);
      return (metric.alarms ?? []).map((alarm) => createAlarm(context, metric, alarm, one, topic, stage));
    }),
  );
  // An account has few groups (25): a developer's stage takes none of them.
  createTraceGroups(context, parts);
  return { topic, notWell: createNotWell(context, alarms), dashboards: createDashboards(context, watched, alarms) };
}
