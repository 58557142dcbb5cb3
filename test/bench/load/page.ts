import { mkdir, readFile, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { dirname, join } from "node:path";
import { markdownTable } from "markdown-table";
import type { Figure, Measurement } from "../suite/measurement.ts";

const DOCS = join(import.meta.dirname, "../../../packages/docs");
export const FIGURES = join(DOCS, "figures/load.json");
export const PAGE = join(DOCS, "load.md");
const BEGIN = "<!-- written by npm run bench:load -- --write -->";
const END = "<!-- end -->";

/** What was measured, when and on what. Each scenario has a date of its own, as each may be run alone. */
export interface Recorded extends Measurement {
  readonly date: string;
  readonly machine: string;
}

/** A table for each, under what was done. */
export function renderLoad(measurements: readonly (Measurement | Recorded)[]): string {
  return measurements
    .flatMap((measurement) => [
      `### ${measurement.benchmark}`,
      ...("date" in measurement ? [`${measurement.date}, ${measurement.machine}.`] : []),
      measurement.how,
      markdownTable([["figure", "", "goal"], ...measurement.figures.map((figure) => [figure.what, shown(figure), goalOf(figure)])]),
    ])
    .join("\n\n");
}

function shown({ ours, unit }: Figure): string {
  const value = ours.toLocaleString("en-US", { maximumFractionDigits: ours < 1 ? 4 : 1 });
  return unit === "count" || unit === "" ? value : unit === "per second" ? `${value}/s` : `${value} ${unit}`;
}

function goalOf({ goal }: Figure): string {
  if (goal === undefined) return "";
  return "atMost" in goal ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`;
}

/** Keeps the figures beside those of the scenarios that did not run, and renders the page anew. @returns what was written. */
export async function writeLoad(measurements: readonly Measurement[]): Promise<readonly string[]> {
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "unknown"}), Node ${process.versions.node}`;
  const before = await readRecorded();
  const names = new Set(measurements.map(({ benchmark }) => benchmark));
  const recorded = [
    ...before.filter(({ benchmark }) => !names.has(benchmark)),
    ...measurements.map((measurement) => ({ ...measurement, date, machine })),
  ].toSorted((one, other) => one.benchmark.localeCompare(other.benchmark));
  await mkdir(dirname(FIGURES), { recursive: true });
  await writeFile(FIGURES, `${JSON.stringify(recorded, undefined, 2)}\n`);
  await writeFile(PAGE, withLoad(await readFile(PAGE, "utf8"), recorded));
  return [FIGURES, PAGE];
}

export async function readRecorded(): Promise<readonly Recorded[]> {
  return JSON.parse(await readFile(FIGURES, "utf8").catch(() => "[]")) as readonly Recorded[];
}

/**
 * The page with its measured part replaced.
 *
 * @throws when the page has lost its markers.
 */
export function withLoad(page: string, recorded: readonly Recorded[]): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`The page has no "${BEGIN}" followed by "${END}". Put both back where the tables go.`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${renderLoad(recorded)}\n\n${page.slice(end)}`;
}
