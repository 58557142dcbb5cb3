import type { Reloaded } from "./types.ts";

export interface ReloadedLine {
  readonly level: "info" | "warn" | "error";
  readonly text: string;
}

/** What a person who has just saved wants to read. An error that was printed already is not again. */
export function reloadedLines(
  { functions, added, removed, notes, error, durationMs }: Reloaded,
  isNewError: boolean,
): readonly ReloadedLine[] {
  const what = [
    ...(functions.length > 0 ? [`${functions.join(", ")} reloaded`] : []),
    ...(added.length > 0 ? [`${added.join(", ")} added`] : []),
    ...(removed.length > 0 ? [`${removed.join(", ")} removed`] : []),
  ];
  return [
    ...(what.length > 0 ? [{ level: "info", text: `${what.join(", ")} in ${Math.round(durationMs)} ms` } as const] : []),
    ...notes.map((text) => ({ level: "warn", text }) as const),
    ...(error !== undefined && isNewError ? [{ level: "error", text: error } as const] : []),
  ];
}
