import type { Metric } from "@streamer/server/wiring";
import { METRICS } from "@streamer/server/wiring";
import type { StackContext } from "./context.ts";
import { physicalName, PREFIX } from "./names.ts";
import { seriesOf } from "./watched.ts";
import type { Watched, watchedParts } from "./watched.ts";

const COLUMNS = 3;
const WIDTH = 8;
const HEIGHT = 6;
const PERIOD_SECONDS = 300;

/** One graph for each row of the metric table, with a line for each thing it is measured on (S-208). */
export function createDashboard(context: StackContext, watched: ReturnType<typeof watchedParts>): aws.cloudwatch.Dashboard {
  const { aws, app, util } = context.platform;
  const region = aws.getRegionOutput().region;
  const widgets = METRICS.filter((metric) => watched[metric.target].length > 0).map((metric, index) => ({
    type: "metric",
    x: (index % COLUMNS) * WIDTH,
    y: Math.floor(index / COLUMNS) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: {
      title: `${metric.name} (${metric.target.replace("_", " ")}, ${metric.unit.toLowerCase()})`,
      region,
      stat: metric.statistic,
      period: PERIOD_SECONDS,
      metrics: watched[metric.target].flatMap((one, number) => lines(context, metric, one, number)),
    },
  }));
  return new aws.cloudwatch.Dashboard(`${PREFIX}Dashboard`, {
    dashboardName: physicalName(app, "streamer", 255),
    dashboardBody: util.jsonStringify({ widgets }),
  });
}

/** The lines of one thing, as a dashboard's source has them. */
function lines(context: StackContext, metric: Metric, one: Watched, number: number): unknown[] {
  const row = (name: string, options: object): unknown[] => {
    const series = seriesOf(context, metric, one, name);
    return [series.namespace, series.name, ...Object.entries(series.dimensions).flat(), options];
  };
  if (metric.ratio !== undefined) {
    const [part, whole] = [`part${number}`, `whole${number}`];
    return [
      [{ expression: `100 * ${part} / ${whole}`, label: one.name }],
      row(metric.ratio.of, { id: part, visible: false }),
      row(metric.ratio.to, { id: whole, visible: false }),
    ];
  }
  return [row(metric.name, { label: one.name })];
}
