import { readEmbeddedMetrics } from "@streamer/local";
import type { LogLine } from "@streamer/local";
import type { Metric, MetricTarget } from "@streamer/server/wiring";
import type { SynthResource } from "../../infra/synth/resources.ts";

/** What a function does, whatever action it is for. */
export type Role = "connect" | "disconnect" | "router" | "processor" | "notifier" | "sweeper";

/** A series of a metric: as a function wrote it, as the table has it, or as an alarm or a graph reads it. */
export interface Series {
  readonly name: string;
  readonly namespace: string;
  /** Of those that know it: alarms and graphs do not say. */
  readonly unit?: string | undefined;
  readonly dimensions: readonly string[];
  readonly role: Role;
}

const ALL: readonly Role[] = ["connect", "disconnect", "router", "processor", "notifier", "sweeper"];
/** Who writes a metric, by its target. Targets that are no functions of ours write none. */
const ROLES: Partial<Record<MetricTarget, readonly Role[]>> = {
  function: ALL,
  connect: ["connect"],
  disconnect: ["disconnect"],
  router: ["router"],
  processor: ["processor"],
  notifier: ["notifier"],
  sweeper: ["sweeper"],
  authenticator: ["connect", "router"],
  sender: ["router", "processor", "notifier", "sweeper"],
};

/** @throws for a function that the wiring does not name. */
function roleOf(functionName: string): Role {
  const role = ALL.find((one) => one === functionName) ?? (functionName.startsWith("process_") ? "processor" : undefined);
  if (role === undefined) throw new Error(`What does the function "${functionName}" do?`);
  return role;
}

/** All that functions wrote, each series once. The value of the dimension must be the function's own name. */
export function writtenSeries(logs: readonly LogLine[]): readonly Series[] {
  const written = logs.flatMap(({ source, fields }) =>
    readEmbeddedMetrics(fields).map(({ name, namespace, unit, dimensions }) => {
      const strange = Object.values(dimensions).find((value) => value !== source);
      if (strange !== undefined) throw new Error(`${source} wrote ${name} as "${strange}".`);
      return { name, namespace, unit, dimensions: Object.keys(dimensions), role: roleOf(source) };
    }),
  );
  return unique(written);
}

/** What the rows of the table announce. A ratio is none of its own: it is made of two others. */
export function announcedSeries(metrics: readonly Metric[]): readonly Series[] {
  return metrics
    .filter(({ ratio }) => ratio === undefined)
    .flatMap(({ name, namespace, unit, dimensions, target }) =>
      (ROLES[target] ?? []).map((role) => ({ name, namespace, unit, dimensions, role })),
    );
}

interface Queried {
  readonly namespace?: string;
  readonly metricName?: string;
  readonly dimensions?: Readonly<Record<string, string>>;
}

/** What alarms and graphs of an evaluated app read in a namespace. @throws for one of a function that the app does not have. */
export function readSeries(resources: readonly SynthResource[], namespace: string): readonly Series[] {
  const inputsOf = (type: string) => resources.filter((one) => one.type === type).map(({ inputs }) => inputs);
  const functions = resources.filter((one) => one.type === "aws:lambda/function:Function");
  const logicalNames = new Map(functions.map(({ name, inputs }) => [String(inputs["name"]), name]));

  const alarms = inputsOf("aws:cloudwatch/metricAlarm:MetricAlarm").flatMap((inputs): readonly Queried[] => {
    const queries = inputs["metricQueries"] as readonly { readonly metric?: Queried }[] | undefined;
    return queries === undefined ? [inputs] : queries.flatMap(({ metric }) => metric ?? []);
  });
  const graphs = inputsOf("aws:cloudwatch/dashboard:Dashboard").flatMap(({ dashboardBody }) => {
    const { widgets } = JSON.parse(String(dashboardBody)) as { widgets: readonly { properties: { metrics?: readonly unknown[] } }[] };
    return widgets.flatMap(({ properties }) => properties.metrics ?? []).flatMap((line) => lineOf(line as readonly unknown[]) ?? []);
  });

  const read = [...alarms, ...graphs].filter((one) => one.namespace === namespace);
  return unique(
    read.map(({ metricName = "", dimensions = {} }) => {
      const { FunctionName: functionName = "" } = dimensions;
      const logicalName = logicalNames.get(functionName);
      if (logicalName === undefined) throw new Error(`${metricName} is read of the function "${functionName}", which is not deployed.`);
      return { name: metricName, namespace, dimensions: Object.keys(dimensions), role: roleOf(wiredName(logicalName)) };
    }),
  );
}

/** `StreamerRouterFunction` → `router`, `StreamerProcessMakeReportFunction` → `process_make_report`, as the wiring has them. */
function wiredName(logicalName: string): string {
  const words = logicalName.replace(/^Streamer/, "").replace(/Function$/, "");
  return words.replaceAll(/(?<=.)[A-Z]/g, "_$&").toLowerCase();
}

/** A line of a graph: `[namespace, name, dimension, value, …, options]`; `undefined` for an expression. */
function lineOf(line: readonly unknown[]): Queried | undefined {
  const texts = line.filter((part) => typeof part === "string");
  const [namespace, metricName, ...pairs] = texts;
  if (namespace === undefined) return undefined;
  const dimensions: Record<string, string> = {};
  for (let index = 0; index < pairs.length; index += 2) dimensions[pairs[index] ?? ""] = pairs[index + 1] ?? "";
  return { namespace, ...(metricName === undefined ? {} : { metricName }), dimensions };
}

/** Those of `series` that none of `others` equals, in words. A unit is compared when both have one. */
export function withoutEqual(series: readonly Series[], others: readonly Series[]): readonly string[] {
  const equals = (one: Series, other: Series): boolean =>
    withoutUnit(one) === withoutUnit(other) && (one.unit === undefined || other.unit === undefined || one.unit === other.unit);
  return series.filter((one) => !others.some((other) => equals(one, other))).map((one) => `${withoutUnit(one)}, ${one.unit ?? "any unit"}`);
}

function withoutUnit({ namespace, name, dimensions, role }: Series): string {
  return `${namespace} ${name} by ${dimensions.toSorted().join("+")} of ${role}`;
}

function unique(series: readonly Series[]): readonly Series[] {
  return [...new Map(series.map((one) => [`${withoutUnit(one)}, ${one.unit ?? ""}`, one])).values()];
}
