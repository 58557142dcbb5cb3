import type { HopName } from "../../../contract.ts";

/** A while in which nothing was seen to happen. */
export interface Gap {
  readonly startAt: number;
  readonly endAt: number;
  /** What ended it. */
  readonly before: HopName;
}

interface Happening {
  readonly startAt: number;
  readonly endAt: number;
  readonly hop: HopName;
}

/** Shorter ones are how long things take. */
const MIN_GAP_MS = 20;
/** Of the whole: below it there is no room for a label. */
const MIN_SHARE = 0.08;

/** The gaps between what happened that are worth a label, oldest first. */
export function gapsOf(happenings: readonly Happening[], whole: { readonly startAt: number; readonly endAt: number }): readonly Gap[] {
  const minMs = Math.max(MIN_GAP_MS, (whole.endAt - whole.startAt) * MIN_SHARE);
  const gaps: Gap[] = [];
  let busyUntil = whole.startAt;
  for (const { startAt, endAt, hop } of happenings.toSorted((one, other) => one.startAt - other.startAt)) {
    if (startAt - busyUntil >= minMs) gaps.push({ startAt: busyUntil, endAt: startAt, before: hop });
    busyUntil = Math.max(busyUntil, endAt);
  }
  return gaps;
}
