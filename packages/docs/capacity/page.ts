import { ASSUMPTIONS as A } from "../costs/assumptions.ts";
import { RECORDS_PER_REQUEST, WRITES, writesTo } from "./demand.ts";
import type { Place } from "./demand.ts";
import { PLAN_ASSUMPTIONS } from "./plan.ts";
import type { Plan, PlanRow, Verdict } from "./plan.ts";
import { QUOTAS_LOOKED_UP } from "./quotas.ts";

const BEGIN = "<!-- written by npm run capacity -- --write -->";
const END = "<!-- end -->";
const PLACES: readonly Place[] = ["table", "gsi1", "gsi2", "gsi3", "gsi4"];
const TO_DO: Readonly<Record<Verdict, string>> = { enough: "enough", raise: "**raise**", change: "**change the design**" };

/** The computed part of the page, as markdown. */
export function renderPlan(plan: Plan): string {
  const { rate, partitions, pipe, workShards, concurrency, dollars } = plan;
  return [
    `Computed for **${show(rate)} asynchronous requests a second**, each with ${A.updates} updates and ${A.workSeconds} s of work; quotas of us-east-1, looked up ${QUOTAS_LOOKED_UP}.`,
    "### What gives first",
    "Sorted by the rate that the default carries.",
    table(
      ["what", "default", `needed at ${show(rate)}/s`, "the default carries, requests/s", "", ""],
      [...plan.rows].toSorted((one, other) => one.enoughTo - other.enoughTo).map(rowCells),
    ),
    "### Writes to the table, by item and index",
    "Write units of one request; each index is KEYS_ONLY.",
    table(
      ["", ...PLACES, "records of the stream"],
      [
        ...WRITES.map((row) => [row.what, ...PLACES.map((place) => String(row[place])), String(row.records)]),
        ["**one request**", ...PLACES.map((place) => `**${writesTo(place)}**`), `**${RECORDS_PER_REQUEST}**`],
        [`units/s at ${show(rate)}/s`, ...PLACES.map((place) => show(rate * writesTo(place))), show(pipe.recordsPerSecond)],
        ["partitions at least", ...PLACES.map((place) => show(partitions[place])), ""],
      ],
    ),
    `The index of open work has ${workShards.now} shards. With ids that spread as ours do (the fullest has ${PLAN_ASSUMPTIONS.shardShare} of an even share at most) they carry ${show(workShards.enoughTo)} requests/s; ${show(rate)} requests/s need ${show(workShards.needed)}.`,
    "### The stream and the Pipe",
    table(
      ["what", ""],
      [
        ["shards of the stream, one for each partition of the table", show(pipe.shards)],
        ["records a second", show(pipe.recordsPerSecond)],
        ["of these, that pass the filter and become events", show(pipe.eventsPerSecond)],
        [
          `executions at a time of ${PLAN_ASSUMPTIONS.pipeExecutionMs} ms, if the filter comes before the batch`,
          show(pipe.executionsFiltered),
        ],
        ["the same, if it comes after", show(pipe.executionsUnfiltered)],
        ["records a second that a parallelization factor of 1, which is ours, takes of one shard in that case", show(pipe.recordsPerLane)],
        ["factor that a shard needs in that case when its partition is as busy as it can be; at most 10", show(pipe.parallelization)],
      ],
    ),
    "### Functions at a time",
    table(
      ["function", "at a time", "seconds to grow from none, at 1,000 in 10 s"],
      concurrency.map(({ what, needed, secondsToGrow }) => [what, show(needed), show(secondsToGrow)]),
    ),
    "### Dollars",
    table(
      ["what", "an hour", "a month of it"],
      [
        ["requests", dollars.requests],
        ["topics of requests", dollars.topics],
        ["the Pipe's reads of the stream", dollars.streamReads],
        ["logs", dollars.logs],
      ].map(([what, hour]) => [String(what), money(Number(hour)), money(Number(hour) * 24 * A.daysPerMonth)]),
    ),
    "Prices and what is not in them: [what it costs](costs.md). Your handlers' own time is the largest of the things that are not.",
  ].join("\n\n");
}

function rowCells(row: PlanRow): readonly string[] {
  const what = row.page === undefined ? row.what : `[${row.what}](${row.page})`;
  return [what, `${show(row.default)} ${row.unit}`, show(row.needed), show(row.enoughTo), TO_DO[row.verdict], row.note];
}

/**
 * The page with its computed part replaced.
 *
 * @throws when the page has lost its markers.
 */
export function withPlan(page: string, plan: Plan): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`The page has no "${BEGIN}" followed by "${END}". Put both back where the tables go.`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${renderPlan(plan)}\n\n${page.slice(end)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function show(amount: number): string {
  return amount.toLocaleString("en-US", { maximumFractionDigits: 1 });
}

function money(amount: number): string {
  return `$${amount.toLocaleString("en-US", { maximumFractionDigits: amount < 100 ? 2 : 0 })}`;
}
