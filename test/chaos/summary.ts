import type { HistoryRun } from "./history/runHistory.ts";

export interface Summary {
  readonly seeds: number;
  readonly requests: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly lost: number;
  readonly doubled: number;
  readonly violations: number;
  readonly watchers: number;
  /** Watchers that had the outcome live and not the last update before it. */
  readonly missedTails: number;
  readonly durationMs: number;
  readonly text: string;
}

/** The figures of all histories together. */
export function summarise(runs: readonly Pick<HistoryRun, "verdict" | "faults" | "durationMs">[]): Summary {
  const sum = (value: (run: (typeof runs)[number]) => number): number => runs.reduce((total, run) => total + value(run), 0);
  const kinds = [...new Set(runs.flatMap(({ faults }) => Object.keys(faults)))].toSorted();
  const faults = Object.fromEntries(kinds.map((kind) => [kind, sum((run) => run.faults[kind] ?? 0)]));
  const figures = {
    seeds: runs.length,
    requests: sum(({ verdict }) => verdict.acknowledged),
    faults,
    lost: sum(({ verdict }) => verdict.lost),
    doubled: sum(({ verdict }) => verdict.doubled),
    violations: sum(({ verdict }) => verdict.violations.length),
    watchers: sum(({ verdict }) => verdict.watchers),
    missedTails: sum(({ verdict }) => verdict.missedTails),
    durationMs: Math.round(sum(({ durationMs }) => durationMs)),
  };
  const injected = Object.values(faults).reduce((total, count) => total + count, 0);
  const text = [
    `${figures.seeds} seeds, ${figures.requests} requests, ${injected} faults injected, lost ${figures.lost}, doubled ${figures.doubled}, ` +
      `${figures.violations} violations, ${(figures.durationMs / 1_000).toFixed(1)} s`,
    ...Object.entries(faults).map(([kind, count]) => `  ${kind} ${count}`),
    `  ${figures.watchers} watchers; ${figures.missedTails} had the outcome live without the last update before it`,
  ].join("\n");
  return { ...figures, text };
}
