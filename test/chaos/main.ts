import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runHistory } from "./history/runHistory.ts";
import type { HistoryRun } from "./history/runHistory.ts";
import { story } from "./history/story.ts";
import { summarise } from "./summary.ts";

/**
 * Histories of everything that can go wrong, one a seed, and what the checker says of them.
 *
 * `npm run test:chaos -- --seeds 10 --requests 100`; `--seed 7` plays one again; `--calm` injects no faults; `--json` writes one object at the end;
 * `--keep <folder>` keeps the whole history and all logs of each seed.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "10" },
    requests: { type: "string", default: "100" },
    seed: { type: "string" },
    calm: { type: "boolean", default: false },
    keep: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const wholeNumber = (name: string, text: string): number => {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new RangeError(`--${name} takes a whole number, not "${text}".`);
  return number;
};
const requests = wholeNumber("requests", values.requests);
const seeds =
  values.seed === undefined
    ? Array.from({ length: wholeNumber("seeds", values.seeds) }, (_, index) => index + 1)
    : [wholeNumber("seed", values.seed)];

const MAX_STORIES = 5;
const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
const runs: Omit<HistoryRun, "history" | "logs">[] = [];
for (const seed of seeds) {
  const { history, logs, ...run } = await runHistory({ seed, requests, faults: !values.calm });
  runs.push(run);
  if (values.keep !== undefined) {
    await mkdir(values.keep, { recursive: true });
    await writeFile(join(values.keep, `seed-${seed}.json`), JSON.stringify({ ...run, history, logs }, undefined, 1));
  }
  const { verdict, faults, durationMs } = run;
  const injected = Object.values(faults).reduce((sum, count) => sum + count, 0);
  say(
    `seed ${seed}: ${verdict.acknowledged} acknowledged, ${injected} faults, ${verdict.watchers} watchers, ` +
      `${verdict.violations.length} violations, ${(durationMs / 1_000).toFixed(1)} s`,
  );
  for (const { invariant, problem, request } of verdict.violations)
    say(`  seed ${seed}: ${invariant}: ${request?.tenant}/${request?.requestId}: ${problem}`);
  const named = new Map(
    verdict.violations.flatMap(({ request }) => (request === undefined ? [] : [[`${request.tenant}/${request.requestId}`, request]])),
  );
  for (const request of [...named.values()].slice(0, MAX_STORIES)) say(story(history, logs, request));
}
const summary = summarise(runs);
process.stdout.write(`${values.json ? JSON.stringify(summary, undefined, 2) : summary.text}\n`);
process.exitCode = summary.violations === 0 ? 0 : 1;
