import { TRACE_FILTERS } from "@streamer/server/wiring";
import type { StackContext } from "./context.ts";
import { pascalCase, physicalName, PREFIX } from "./names.ts";
import { functionsByTask } from "./parts.ts";
import type { Parts } from "./parts.ts";

/** @see https://docs.aws.amazon.com/xray/latest/api/API_CreateGroup.html */
const MAX_GROUP_NAME_CHARS = 32;

/** Nobody annotates a trace unless tracing is detailed: a group would stay empty. */
const ANNOTATION = /\bannotation\[/;

/**
 * Saves the searches for traces that wait for no value, as groups of X-Ray. Each is narrowed to this stage's functions: an account's traces
 * are all in one place. Without insights, which cost by the trace.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-console-groups.html
 */
export function createTraceGroups({ platform, options }: StackContext, parts: Parts): void {
  const { aws, app, util } = platform;
  const functions = Object.values(functionsByTask(parts)).flat();
  const ours = util.all(functions.map((one) => one.function.name)).apply((names) => names.map((name) => `service("${name}")`).join(" OR "));
  for (const { name, expression, parameter } of TRACE_FILTERS) {
    if (parameter !== undefined || (ANNOTATION.test(expression) && options.tracing !== "detailed")) continue;
    new aws.xray.Group(`${PREFIX}${pascalCase(name)}Traces`, {
      groupName: physicalName(app, name.replaceAll("_", "-"), MAX_GROUP_NAME_CHARS),
      filterExpression: util.interpolate`(${expression}) AND (${ours})`,
      insightsConfiguration: { insightsEnabled: false, notificationsEnabled: false },
    });
  }
}
