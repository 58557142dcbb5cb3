import { readFileSync } from "node:fs";
import { join } from "node:path";
import { METRICS } from "@streamer/server/wiring";
import type { ResultRow } from "./insights/runQuery.ts";
import type { WatchedStack } from "./watchedStack.ts";

const RUNBOOKS = join(import.meta.dirname, "../../../packages/docs/runbooks");

/** A page of the runbooks, held to what it says: what it does not name cannot be asked by it. */
export interface Runbook {
  /** Runs a stored query. @throws when the page does not name it. */
  query(name: string, values?: Readonly<Record<string, string>>): readonly ResultRow[];
  /** The sum of a metric's values in this story. @throws when the page does not name it. */
  sum(metricName: string, functionName: string): number;
}

/** The page that an alarm links to. */
export function runbookOf(watched: WatchedStack, alarmId: string): Runbook {
  const alarm = METRICS.flatMap(({ alarms = [] }) => alarms).find(({ id }) => id === alarmId);
  if (alarm === undefined) throw new Error(`There is no alarm "${alarmId}".`);
  const page = readFileSync(join(RUNBOOKS, `${alarm.runbook}.md`), "utf8")
    .toLowerCase()
    .replaceAll(/\s+/g, " ");
  const named = (what: string, name: string): void => {
    if (!page.includes(`${what} \`${name.toLowerCase()}\``))
      throw new Error(`The page "${alarm.runbook}" does not name the ${what} "${name}".`);
  };
  return {
    query(name, values) {
      named("query", name);
      return watched.query(name, values);
    },
    sum(metricName, functionName) {
      named("metric", metricName);
      return watched.sum(metricName, functionName);
    },
  };
}
