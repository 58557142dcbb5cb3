import type { FlowView } from "../../../contract.ts";

type Point = FlowView["series"][number];

/** Some seconds together. */
export interface Bucket {
  /** When it begins. */
  readonly at: number;
  readonly submitted: number;
  readonly ended: number;
  readonly failed: number;
  /** The worst of its seconds: percentiles cannot be added up. */
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
}

/** The series in buckets of so many seconds, newest first: what a table of two minutes can be read as. */
export function bucketsOf(series: readonly Point[], seconds: number): readonly Bucket[] {
  const sizeMs = seconds * 1_000;
  const groups = Map.groupBy(series, ({ at }) => Math.floor(at / sizeMs) * sizeMs);
  return [...groups]
    .map(([at, points]) => ({
      at,
      submitted: sum(points.map((point) => point.submitted)),
      ended: sum(points.map((point) => point.ended)),
      failed: sum(points.map((point) => point.failed)),
      p50Ms: highest(points.map((point) => point.p50Ms)),
      p95Ms: highest(points.map((point) => point.p95Ms)),
    }))
    .toSorted((one, other) => other.at - one.at);
}

/** The last value that there is. */
export function lastOf(values: readonly (number | undefined)[]): number | undefined {
  return values.findLast((value) => value !== undefined);
}

export function highest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Where values stand that have none before or after them: a line through them alone would not be seen. */
export function loneOf(values: readonly (number | undefined)[]): readonly { readonly index: number; readonly value: number }[] {
  return values.flatMap((value, index) =>
    value === undefined || values[index - 1] !== undefined || values[index + 1] !== undefined ? [] : [{ index, value }],
  );
}
