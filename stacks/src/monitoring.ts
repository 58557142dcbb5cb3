import { METRICS } from "@streamer/server/wiring";
import { createAlarm } from "./alarms.ts";
import { createAlarmTopic } from "./alarmTopic.ts";
import type { StackContext } from "./context.ts";
import { createDashboard } from "./dashboard.ts";
import { pascalCase } from "./names.ts";
import { createLogMetrics, watchedParts } from "./watched.ts";
import type { Parts } from "./watched.ts";

export interface MonitoringStack {
  /** Subscribe to it to hear of alarms. */
  readonly topic: aws.sns.Topic;
  readonly dashboard: aws.cloudwatch.Dashboard;
}

/** Alarms and a dashboard from the metric table; nothing on a developer's stage. */
export function createMonitoring(context: StackContext, parts: Parts): MonitoringStack | undefined {
  const stage = context.settings.alarms;
  if (stage === undefined) return undefined;
  const watched = watchedParts(parts);
  const topic = createAlarmTopic(context);
  for (const metric of METRICS) {
    for (const one of watched[metric.target]) {
      createLogMetrics(context, metric, one, `${pascalCase(one.name)}${metric.name}`);
      for (const alarm of metric.alarms ?? []) createAlarm(context, metric, alarm, one, topic, stage);
    }
  }
  return { topic, dashboard: createDashboard(context, watched) };
}
