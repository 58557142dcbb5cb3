import { markdownTable } from "markdown-table";
import type { Figure, Measurement, Unit } from "./measurement.ts";
import { judgedValue, meetsGoal } from "./verdict.ts";

const HEAD = ["", "ours", "beside it", "ratio", "goal", ""];

/** A measurement as a table of Markdown, which a terminal shows as well. */
export function figuresTable({ figures }: Measurement): string {
  return markdownTable([HEAD, ...figures.map(rowOf)], { align: ["l", "r", "l", "r", "r", "l"] });
}

function rowOf(figure: Figure): readonly string[] {
  const { what, unit, ours, baseline } = figure;
  return [
    what,
    amount(ours, unit),
    baseline === undefined ? "–" : `${amount(baseline.value, unit)}, ${baseline.what}`,
    baseline === undefined ? "–" : times(judgedValue(figure)),
    goalOf(figure),
    verdictOf(figure),
  ];
}

function goalOf({ goal, baseline, unit }: Figure): string {
  if (goal === undefined) return "–";
  const [sign, bound] = "atMost" in goal ? ["≤", goal.atMost] : ["≥", goal.atLeast];
  return `${sign} ${baseline === undefined ? amount(bound, unit) : `${bound} ×`}`;
}

function verdictOf(figure: Figure): string {
  const met = meetsGoal(figure);
  if (met === undefined) return "";
  return met ? "met" : "**not met**";
}

/** A figure with its unit, to the digits that mean something. */
export function amount(value: number, unit: Unit): string {
  switch (unit) {
    case "USD":
      return `$${value >= 0.001 ? value.toFixed(4) : value.toFixed(7)}`;
    case "count":
      return whole(value);
    case "":
      return value.toFixed(2);
    case "ms":
    case "KB":
    case "per second":
      return `${short(value)} ${unit === "per second" ? "/s" : unit}`;
  }
}

function times(ratio: number): string {
  return `${short(ratio)} ×`;
}

function short(value: number): string {
  if (value >= 100) return whole(value);
  return value.toFixed(value >= 10 ? 1 : 2);
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
