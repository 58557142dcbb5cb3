import { scaleLinear, scalePoint } from "d3-scale";
import { arc, area, curveMonotoneX, line, pie } from "d3-shape";
import type { PieArcDatum } from "d3-shape";
import type { Group } from "./summary.ts";

/** Charts as paths in SVG's language, in a box whose left upper corner is 0,0: pdfkit draws them as they are. */

export interface Tick {
  readonly position: number;
  readonly label: string;
}

export interface TrendChart {
  /** What is under the curve. */
  readonly area: string;
  readonly line: string;
  /** Means of seven days, in place of weekly ups and downs; absent for short periods. */
  readonly average: string | undefined;
  /** Positions along the width. */
  readonly xTicks: readonly Tick[];
  /** Positions from the top. */
  readonly yTicks: readonly Tick[];
}

export interface TrendOptions {
  readonly width: number;
  readonly height: number;
  readonly value: (group: Group) => number;
  readonly valueLabel: (value: number) => string;
  readonly nameLabel: (name: string) => string;
}

/** From this many points on, the curve of single days is too restless to read alone. */
const AVERAGE_FROM_POINTS = 45;
const AVERAGE_POINTS = 7;
const MAX_X_TICKS = 8;
const Y_TICKS = 4;

/** One value over time. Takes two groups or more: a single one has no line. */
export function trendChart(groups: readonly Group[], options: TrendOptions): TrendChart {
  const { width, height, value, valueLabel, nameLabel } = options;
  const values = groups.map(value);
  const x = scalePoint<number>(values.keys(), [0, width]);
  const y = scaleLinear([0, Math.max(1, ...values)], [height, 0]).nice(Y_TICKS);
  const xOf = (_: number, index: number): number => x(index) ?? 0;
  const toLine = line<number>().x(xOf).y(y).curve(curveMonotoneX);
  const toArea = area<number>().x(xOf).y0(height).y1(y).curve(curveMonotoneX);
  const step = Math.ceil(groups.length / MAX_X_TICKS);
  return {
    area: toArea(values) ?? "",
    line: toLine(values) ?? "",
    average: values.length < AVERAGE_FROM_POINTS ? undefined : (toLine(movingAverage(values)) ?? ""),
    xTicks: groups.flatMap(({ name }, index) => (index % step === 0 ? [{ position: x(index) ?? 0, label: nameLabel(name) }] : [])),
    yTicks: y.ticks(Y_TICKS).map((tick) => ({ position: y(tick), label: valueLabel(tick) })),
  };
}

/** For each point the mean of those around it; at the ends, of as many as there are. */
export function movingAverage(values: readonly number[]): number[] {
  const reach = Math.floor(AVERAGE_POINTS / 2);
  return values.map((_, index) => {
    const around = values.slice(Math.max(0, index - reach), index + reach + 1);
    return around.reduce((sum, value) => sum + value, 0) / around.length;
  });
}

/** A ring around 0,0: one path a group, in the groups' order, clockwise from the top. */
export function ringChart(groups: readonly Group[], radius: number): string[] {
  const toArc = arc<PieArcDatum<Group>>()
    .innerRadius(radius * 0.62)
    .outerRadius(radius)
    .padAngle(0.025)
    .cornerRadius(1.5);
  const slices = pie<Group>()
    .value((group) => group.revenueCents)
    .sortValues(null)(groups.filter((group) => group.revenueCents > 0));
  return groups.map((group) => {
    const slice = slices.find((candidate) => candidate.data === group);
    return slice === undefined ? "" : (toArc(slice) ?? "");
  });
}

/** Lengths of horizontal bars: the largest takes the whole width. */
export function barLengths(groups: readonly Group[], width: number): number[] {
  const toLength = scaleLinear([0, Math.max(1, ...groups.map((group) => group.revenueCents))], [0, width]);
  return groups.map((group) => toLength(group.revenueCents));
}
