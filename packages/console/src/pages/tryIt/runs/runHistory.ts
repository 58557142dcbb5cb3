import { createValue } from "../../../api/value.ts";
import type { Readable } from "../../../api/value.ts";
import type { BatchRun, RequestRun, Run } from "./run.ts";

const KEY = "streamer.console.runs";
/** The oldest that have ended go first. */
const MAX_RUNS = 60;
/** What is larger is not kept over a reload: a browser keeps some 5 MB for all of a page. */
const MAX_KEPT_CHARS = 20_000;
/** An input that the server has is kept only to be sent again by a click. */
const MAX_KEPT_INPUT_CHARS = 4_000;

/** What this tab has sent, newest first. It survives a reload, for that tab only. */
export interface RunHistory {
  readonly runs: Readable<readonly Run[]>;
  /** Puts them on top; one that is there already stays where it is. */
  readonly add: (runs: readonly Run[]) => void;
  readonly updateRequest: (id: string, change: Partial<Pick<RequestRun, "accepted" | "outcome">>) => void;
  readonly updateBatch: (id: string, change: Partial<Pick<BatchRun, "accepted" | "durationMs">>) => void;
  readonly remove: (id: string) => void;
  /** Removes those that have ended. */
  readonly clear: () => void;
}

/** @param owner whose runs they are: another user's are not shown, and are there again when one is that user again. */
export function createRunHistory(storage: Pick<Storage, "getItem" | "setItem">, owner: string): RunHistory {
  const key = `${KEY}.${owner}`;
  const runs = createValue<readonly Run[]>(keptRuns(storage.getItem(key)));
  const set = (next: readonly Run[]): void => {
    runs.set(next);
    try {
      storage.setItem(key, JSON.stringify(next.map(kept)));
    } catch {
      // No more room: they are here until the page is left.
    }
  };
  const update = (id: string, change: object): void => set(runs.get().map((run) => (run.id === id ? { ...run, ...change } : run)));
  return {
    runs,
    add(added) {
      const known = new Set(runs.get().map(({ id }) => id));
      set(bounded([...added.filter(({ id }) => !known.has(id)), ...runs.get()]));
    },
    updateRequest: update,
    updateBatch: update,
    remove: (id) => set(runs.get().filter((run) => run.id !== id)),
    clear: () => set(runs.get().filter((run) => !hasEnded(run))),
  };
}

export function hasEnded(run: Run): boolean {
  return run.kind === "request" ? run.outcome !== undefined : run.durationMs !== undefined;
}

function bounded(runs: readonly Run[]): readonly Run[] {
  let excess = runs.length - MAX_RUNS;
  if (excess <= 0) return runs;
  return runs
    .toReversed()
    .filter((run) => !(hasEnded(run) && excess-- > 0))
    .toReversed();
}

/** Without what is too large to keep. */
function kept(run: Run): Run {
  const { payload, ...rest } = run;
  const slim = isLarge(payload, run.accepted ? MAX_KEPT_INPUT_CHARS : MAX_KEPT_CHARS) ? rest : run;
  if (slim.kind !== "request" || slim.outcome === undefined || !isLarge(slim.outcome.data)) return slim;
  const { data: _, ...outcome } = slim.outcome;
  return { ...slim, outcome };
}

function isLarge(value: unknown, maxChars = MAX_KEPT_CHARS): boolean {
  return (JSON.stringify(value) ?? "").length > maxChars;
}

/** Only this page writes them; what another version of it wrote is left out. */
function keptRuns(text: string | null): readonly Run[] {
  if (text === null) return [];
  try {
    const runs = JSON.parse(text) as unknown;
    return Array.isArray(runs) ? (runs as readonly unknown[]).filter(isRun) : [];
  } catch {
    return [];
  }
}

function isRun(value: unknown): value is Run {
  const run = (value ?? {}) as Partial<Record<keyof RequestRun, unknown>>;
  const named = typeof run.id === "string" && typeof run.action === "string" && typeof run.startedAt === "number";
  // What never came to the server and was too large to keep cannot be sent again.
  return (
    named && (run.kind === "request" || run.kind === "batch") && (run.accepted === true || "payload" in run || run.outcome !== undefined)
  );
}
