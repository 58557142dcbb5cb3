import { isTerminal } from "@streamer/protocol";
import { HOPS } from "../../../contract.ts";
import type { Hop, HopName, RequestDetail } from "../../../contract.ts";
import { groupByAttempt } from "./groups.ts";
import type { AttemptGroup } from "./groups.ts";
import { gapsOf } from "./gaps.ts";
import type { Gap } from "./gaps.ts";

/** From when to when; the same for what took no time that is known. Milliseconds since 1970. */
export interface Span {
  readonly startAt: number;
  readonly endAt: number;
}

export interface Mark extends Span {
  readonly what: string;
  readonly trouble: string | undefined;
}

/** All that one hop did for an attempt: a line of the picture. */
export interface Lane extends Span {
  readonly hop: HopName;
  readonly marks: readonly Mark[];
  /** From the first mark of the line above to the first of this one, in ms; absent of the first line, and when it was not after it. */
  readonly sinceBeforeMs: number | undefined;
  readonly trouble: string | undefined;
  /** Still under way: its end is now. */
  readonly open: boolean;
}

export interface AttemptLayout extends Span {
  readonly attempt: number | undefined;
  readonly lanes: readonly Lane[];
  readonly gaps: readonly Gap[];
  /** When its worker had it. */
  readonly work: Span | undefined;
  readonly open: boolean;
  readonly trouble: string | undefined;
  /** From the end of the attempt before, in ms; absent of the first. */
  readonly waitedMs: number | undefined;
  readonly hops: readonly Hop[];
}

export interface Timeline extends Span {
  readonly attempts: readonly AttemptLayout[];
}

/** @returns undefined when nothing was seen of it: the stack remembers hops for its run only. */
export function timelineOf(request: Pick<RequestDetail, "status" | "attempt" | "timeline">, now: number): Timeline | undefined {
  const groups = groupByAttempt(request.timeline);
  const attempts: AttemptLayout[] = [];
  for (const [index, group] of groups.entries()) {
    const last = index === groups.length - 1;
    // A worker that is at it has no end yet.
    const open = last && request.status === "processing" && group.attempt === request.attempt;
    attempts.push(attemptLayout(group, open ? now : undefined, attempts.at(-1)));
  }
  const first = attempts[0];
  if (first === undefined) return undefined;
  const seenUntil = Math.max(...attempts.map(({ endAt }) => endAt));
  return { startAt: first.startAt, endAt: isTerminal(request.status) ? seenUntil : Math.max(seenUntil, now), attempts };
}

function attemptLayout(group: AttemptGroup, openUntil: number | undefined, before: AttemptLayout | undefined): AttemptLayout {
  const lanes: Lane[] = [];
  for (const hop of HOPS) {
    const mine = group.hops.filter((one) => one.hop === hop);
    if (mine.length > 0) lanes.push(laneOf(hop, mine, hop === "worker" ? openUntil : undefined, lanes.at(-1)));
  }
  const startAt = Math.min(...lanes.map((lane) => lane.startAt));
  const endAt = Math.max(...lanes.map((lane) => lane.endAt));
  const work = lanes.find(({ hop }) => hop === "worker");
  return {
    attempt: group.attempt,
    startAt,
    endAt,
    lanes,
    gaps: gapsOf(
      lanes.flatMap(({ hop, marks }) => marks.map((mark) => ({ ...mark, hop }))),
      { startAt, endAt },
    ),
    work,
    open: work?.open ?? false,
    trouble: group.hops.findLast(({ trouble }) => trouble !== undefined)?.trouble,
    waitedMs: before === undefined ? undefined : Math.max(0, startAt - before.endAt),
    hops: group.hops,
  };
}

function laneOf(hop: HopName, hops: readonly Hop[], openUntil: number | undefined, before: Lane | undefined): Lane {
  const marks = hop === "worker" ? workMarks(hops, openUntil) : hops.map(markOf);
  const startAt = Math.min(...marks.map((mark) => mark.startAt));
  const sinceBeforeMs = before === undefined ? undefined : startAt - before.startAt;
  return {
    hop,
    marks,
    startAt,
    endAt: Math.max(...marks.map((mark) => mark.endAt)),
    sinceBeforeMs: sinceBeforeMs !== undefined && sinceBeforeMs >= 0 ? sinceBeforeMs : undefined,
    trouble: hops.findLast(({ trouble }) => trouble !== undefined)?.trouble,
    open: openUntil !== undefined,
  };
}

/** A worker's attempt is told by its start and its end: one mark, from the first to the last. */
function workMarks(hops: readonly Hop[], openUntil: number | undefined): readonly Mark[] {
  const marks = hops.map(markOf);
  const last = marks.at(-1);
  if (last === undefined) return [];
  return [
    {
      startAt: Math.min(...marks.map(({ startAt }) => startAt)),
      endAt: Math.max(openUntil ?? 0, ...marks.map(({ endAt }) => endAt)),
      what: last.what,
      trouble: marks.findLast(({ trouble }) => trouble !== undefined)?.trouble,
    },
  ];
}

/** A hop is told when it is over: its duration lies before that. */
function markOf({ at, durationMs = 0, what, trouble }: Hop): Mark {
  return { startAt: at - durationMs, endAt: at, what, trouble };
}

/** Where a moment lies in a span, in per cent from its start; 0 for a span of no length. */
export function percentOf(at: number, { startAt, endAt }: Span): number {
  if (endAt <= startAt) return 0;
  return Math.min(100, Math.max(0, ((at - startAt) / (endAt - startAt)) * 100));
}
