import * as v from "valibot";

/** The values of one metric in one line of CloudWatch's embedded metric format. */
export interface EmbeddedMetric {
  readonly namespace: string;
  readonly name: string;
  /** `None` when the line names none. */
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly number[];
  /** Ms since 1970. */
  readonly timestamp: number;
}

const line = v.looseObject({
  _aws: v.object({
    Timestamp: v.number(),
    CloudWatchMetrics: v.array(
      v.object({
        Namespace: v.string(),
        Dimensions: v.array(v.array(v.string())),
        Metrics: v.array(v.object({ Name: v.string(), Unit: v.optional(v.string(), "None") })),
      }),
    ),
  }),
});
const values = v.union([
  v.pipe(
    v.number(),
    v.transform((value) => [value]),
  ),
  v.array(v.number()),
]);

/**
 * What CloudWatch makes of a line: one entry for each metric and set of dimensions. Nothing, when the line is none of this format. A metric
 * without a value, and one with a dimension that the line does not fill in, is left out, as CloudWatch leaves it out.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function readEmbeddedMetrics(fields: unknown): readonly EmbeddedMetric[] {
  const read = v.safeParse(line, fields);
  if (!read.success) return [];
  const { _aws: aws, ...members } = read.output;
  const found: EmbeddedMetric[] = [];
  for (const { Namespace: namespace, Dimensions: sets, Metrics: metrics } of aws.CloudWatchMetrics) {
    for (const set of sets) {
      const filled = set.map((name) => [name, members[name]] as const);
      if (filled.some(([, value]) => typeof value !== "string")) continue;
      const dimensions = Object.fromEntries(filled) as Record<string, string>;
      for (const { Name: name, Unit: unit } of metrics) {
        const given = v.safeParse(values, members[name]);
        if (given.success) found.push({ namespace, name, unit, dimensions, values: given.output, timestamp: aws.Timestamp });
      }
    }
  }
  return found;
}
