/** How far one run of the work came. */
export interface AttemptSeen {
  readonly attempt: number;
  /** 0 to 100, the newest known. */
  readonly percentage: number;
}

/** The attempts that were seen, oldest first, with what the newest state adds. The same list when that adds nothing. */
export function withAttempt(
  seen: readonly AttemptSeen[],
  state: { readonly attempt: number; readonly percentage: number; readonly status: string },
): readonly AttemptSeen[] {
  const { attempt, percentage, status } = state;
  if (attempt === 0) return seen;
  const last = seen.at(-1);
  if (last === undefined || last.attempt < attempt) {
    // A new attempt shows the bar of the one before until it has made a step of its own.
    const begins = last === undefined || status === "completed" ? percentage : percentage < last.percentage ? percentage : 0;
    return [...seen, { attempt, percentage: begins }];
  }
  if (last.attempt > attempt || last.percentage === percentage || status === "retrying") return seen;
  return [...seen.slice(0, -1), { attempt, percentage }];
}
