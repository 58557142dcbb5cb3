/** One value that was published. */
export interface DataPoint {
  /** In ms since 1970. */
  readonly at: number;
  readonly value: number;
}

/** What tells a metric's series from another, as CloudWatch does it. */
export interface Series {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** All values that were published, as CloudWatch keeps them. */
export interface MetricHistory {
  add(series: Series, point: DataPoint): void;
  /** A line in CloudWatch's embedded metric format; any other is passed over. */
  addLine(text: string, at: number): void;
  pointsOf(series: Series): readonly DataPoint[];
  /** The dimensions of each series of this metric that has these, and no other, names. */
  dimensionsOf(metric: Pick<Series, "namespace" | "name">, names: readonly string[]): readonly Series["dimensions"][];
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
interface EmbeddedMetrics {
  readonly _aws: { readonly CloudWatchMetrics: readonly Directive[] };
  readonly [field: string]: unknown;
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
}

export function createMetricHistory(): MetricHistory {
  const kept = new Map<string, { readonly series: Series; readonly points: DataPoint[] }>();

  const add = (series: Series, point: DataPoint): void => {
    const key = keyOf(series);
    const found = kept.get(key) ?? { series, points: [] };
    found.points.push(point);
    kept.set(key, found);
  };

  return {
    add,
    addLine(text, at) {
      for (const { series, value } of embedded(text)) add(series, { at, value });
    },
    pointsOf: (series) => kept.get(keyOf(series))?.points ?? [],
    dimensionsOf: ({ namespace, name }, names) =>
      [...kept.values()]
        .filter(({ series }) => series.namespace === namespace && series.name === name)
        .map(({ series }) => series.dimensions)
        .filter((dimensions) => Object.keys(dimensions).toSorted().join() === names.toSorted().join()),
  };
}

function keyOf({ namespace, name, dimensions }: Series): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).toSorted(([one], [other]) => (one < other ? -1 : 1))]);
}

function embedded(text: string): readonly { readonly series: Series; readonly value: number }[] {
  if (!text.includes('"_aws"')) return [];
  const { _aws: aws, ...line } = JSON.parse(text) as EmbeddedMetrics;
  return aws.CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions: sets, Metrics: metrics }) =>
    sets.flatMap((names) => {
      const dimensions = Object.fromEntries(names.map((name) => [name, String(line[name])]));
      return metrics.flatMap(({ Name: name }) =>
        [line[name]].flat().map((value) => ({ series: { namespace, name, dimensions }, value: Number(value) })),
      );
    }),
  );
}
