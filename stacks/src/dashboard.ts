import type { Metric } from "@streamer/server/wiring";
import { METRICS } from "@streamer/server/wiring";
import type { CreatedAlarm } from "./alarms.ts";
import { inChunks } from "./chunks.ts";
import type { StackContext } from "./context.ts";
import { inDashboards, sectionsOf } from "./dashboardSections.ts";
import type { Section } from "./dashboardSections.ts";
import { graphOf } from "./graphs.ts";
import { physicalName, PREFIX } from "./names.ts";
import { runbookLink } from "./runbooks.ts";
import type { watchedParts } from "./watched.ts";

const COLUMNS = 24;
const GRAPH = { width: 8, height: 6 };
const TEXT_HEIGHT = 3;
const ALARMS_HEIGHT = 4;
/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const MAX_ALARMS_OF_A_WIDGET = 100;

const HEADER =
  "Made from Streamer's metric table: what is changed here is gone with the next deployment. Each alarm's description names the page that says what to do.";

interface Widget {
  readonly type: "metric" | "text" | "alarm";
  readonly width: number;
  readonly height: number;
  readonly properties: object;
}

/**
 * The dashboard (S-208): the state of the alarms, then what an operator asks, each question with the pages of the runbooks and a graph for
 * each metric that answers it. An app with more than one dashboard can show has several, with some of the questions each.
 */
export function createDashboards(
  context: StackContext,
  watched: ReturnType<typeof watchedParts>,
  alarms: readonly CreatedAlarm[],
): readonly aws.cloudwatch.Dashboard[] {
  const { aws, app, util } = context.platform;
  const region = aws.getRegionOutput().region;
  const sections = sectionsOf(METRICS.filter((metric) => watched[metric.target].length > 0));
  const dashboards = inDashboards(sections, (metric) => watched[metric.target].length);
  return dashboards.map((shown, index) => {
    const part = index === 0 ? "" : String(index + 1);
    const rows: (readonly Widget[])[] = [
      [text(`# ${app.name} ${app.stage}\n${HEADER}`)],
      ...(index === 0 ? alarmStates(alarms).map((widget) => [widget]) : []),
      ...shown.flatMap((section) => [
        [text(heading(context, section))],
        ...inChunks(
          section.metrics.map((metric) => graph(graphOf(context, metric, watched[metric.target], region))),
          COLUMNS / GRAPH.width,
        ),
      ]),
    ];
    return new aws.cloudwatch.Dashboard(`${PREFIX}Dashboard${part}`, {
      dashboardName: physicalName(app, part === "" ? "streamer" : `streamer-${part}`, 255),
      dashboardBody: util.jsonStringify({ widgets: placed(rows) }),
    });
  });
}

/** The question, how to read the answers, and where it says what to do. */
function heading(context: StackContext, { title, text: explained, metrics }: Section): string {
  const slugs = new Set(metrics.flatMap(({ alarms = [] }: Metric) => alarms.map(({ runbook }) => runbook)));
  const links = [...slugs].map((slug) => runbookLink(context, slug)).join(" · ");
  return `## ${title}\n${explained}${links === "" ? "" : `\n\nRunbooks: ${links}`}`;
}

function text(markdown: string): Widget {
  return { type: "text", width: COLUMNS, height: TEXT_HEIGHT, properties: { markdown } };
}

function graph(properties: object): Widget {
  return { type: "metric", ...GRAPH, properties };
}

/** Those that are off; an empty frame is a good one. */
function alarmStates(alarms: readonly CreatedAlarm[]): Widget[] {
  const arns = alarms.map(({ alarm }) => alarm.arn);
  return inChunks(arns, MAX_ALARMS_OF_A_WIDGET).map((shown) => ({
    type: "alarm",
    width: COLUMNS,
    height: ALARMS_HEIGHT,
    properties: { title: "Alarms", sortBy: "stateUpdatedTimestamp", states: ["ALARM"], alarms: shown },
  }));
}

/** One row below the other. */
function placed(rows: readonly (readonly Widget[])[]): object[] {
  let y = 0;
  return rows.flatMap((row) => {
    const at = y;
    y += Math.max(...row.map(({ height }) => height));
    return row.map((widget, column) => ({ ...widget, x: column * widget.width, y: at }));
  });
}
