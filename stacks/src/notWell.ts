import type { CreatedAlarm } from "./alarms.ts";
import type { StackContext } from "./context.ts";
import { physicalName, PREFIX } from "./names.ts";
import type { Input } from "./platform.ts";
import { runbookPage } from "./runbooks.ts";

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
const MAX_RULE_CHARS = 10_240;
const MAX_ALARMS_OF_A_RULE = 100;
const OR = " OR ";

/**
 * One state for all alarms of high severity: what a deployment waits for, or a pager is connected to. It tells nobody itself, since each of
 * the alarms does. Where one rule cannot hold them all, there is an alarm for each part of them, and one over the parts.
 */
export function createNotWell(context: StackContext, alarms: readonly CreatedAlarm[]): aws.cloudwatch.CompositeAlarm {
  const { aws, app, util } = context.platform;
  const composite = (part: string, names: readonly Input<string>[]): aws.cloudwatch.CompositeAlarm =>
    new aws.cloudwatch.CompositeAlarm(`${PREFIX}NotWell${part}Alarm`, {
      alarmName: physicalName(app, part === "" ? "not-well" : `not-well-${part}`, 255),
      alarmDescription: `An alarm of high severity has gone off. Runbook: ${runbookPage(context, "README")}`,
      alarmRule: util.all([...names]).apply((all) => all.map(isOff).join(OR)),
    });
  const parts = inRules(alarms.filter(({ severity }) => severity === "high"));
  const [first = [], ...more] = parts.map((part) => part.map(({ alarm }) => alarm.name));
  if (more.length === 0) return composite("", first);
  const each = [first, ...more].map((names, index) => composite(String(index + 1), names));
  return composite(
    "",
    each.map(({ alarmName }) => alarmName),
  );
}

function isOff(name: string): string {
  return `ALARM("${name}")`;
}

/** As few parts as the limits of a rule permit. */
export function inRules<Named extends { readonly name: string }>(alarms: readonly Named[]): Named[][] {
  const parts: Named[][] = [];
  let chars = 0;
  for (const alarm of alarms) {
    const own = isOff(alarm.name).length + OR.length;
    const last = parts.at(-1);
    if (last === undefined || last.length === MAX_ALARMS_OF_A_RULE || chars + own > MAX_RULE_CHARS) {
      parts.push([alarm]);
      chars = own;
    } else {
      last.push(alarm);
      chars += own;
    }
  }
  return parts;
}
