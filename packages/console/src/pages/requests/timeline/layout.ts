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
  /** From the first mark of the line above to the first of this one, in ms; absent of the first line. */
  readonly sinceBeforeMs: number | undefined;
  readonly trouble: string | undefined;
  /** Still under way: its end is now. */
  readonly open: boolean;
}

export interface Trouble {
  readonly hop: HopName;
  readonly text: string;
}

export interface AttemptLayout extends Span {
  readonly attempt: number | undefined;
  readonly lanes: readonly Lane[];
  readonly gaps: readonly Gap[];
  /** When its worker had it. */
  readonly work: Span | undefined;
  readonly open: boolean;
  /** It came to no good end, though nobody may have said why: another attempt was needed. */
  readonly failed: boolean;
  /** What went wrong, by the hop where it did. */
  readonly troubles: readonly Trouble[];
  /** From the end of the attempt before, in ms; absent of the first. */
  readonly waitedMs: number | undefined;
  readonly hops: readonly Hop[];
}

export interface Timeline extends Span {
  readonly attempts: readonly AttemptLayout[];
}

/** @returns undefined when nothing was seen of it: the stack remembers hops for its run only. */
export function timelineOf(request: Pick<RequestDetail, "status" | "attempt" | "timeline">, now: number): Timeline | undefined {
  const groups = groupByAttempt(withoutFutureAttempts(request));
  const attempts: AttemptLayout[] = [];
  for (const [index, group] of groups.entries()) {
    const last = index === groups.length - 1;
    // A worker that is at it has no end yet.
    const open = last && request.status === "processing" && group.attempt === request.attempt;
    const triedAgain = group.attempt !== undefined && (!last || (request.status === "retrying" && group.attempt === request.attempt));
    const failed = triedAgain || (last && request.status === "failed");
    attempts.push(attemptLayout(group, { openUntil: open ? now : undefined, failed, before: attempts.at(-1) }));
  }
  const first = attempts[0];
  if (first === undefined) return undefined;
  const seenUntil = Math.max(...attempts.map(({ endAt }) => endAt));
  return { startAt: first.startAt, endAt: isTerminal(request.status) ? seenUntil : Math.max(seenUntil, now), attempts };
}

/** A message that is handed out once more while its request is worked on, or done, begins no attempt: its run belongs to the last one. */
function withoutFutureAttempts({
  status,
  attempt: last,
  timeline,
}: Pick<RequestDetail, "status" | "attempt" | "timeline">): readonly Hop[] {
  if (status === "pending" || status === "retrying") return timeline;
  return timeline.map((hop) => (hop.attempt !== undefined && hop.attempt > last ? { ...hop, attempt: last } : hop));
}

interface Around {
  /** Now, when its worker is at it. */
  readonly openUntil: number | undefined;
  readonly failed: boolean;
  readonly before: AttemptLayout | undefined;
}

function attemptLayout(group: AttemptGroup, { openUntil, failed, before }: Around): AttemptLayout {
  const lanes = lanesOf(group.hops, openUntil);
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
    failed,
    troubles: troublesOf(group.hops),
    waitedMs: before === undefined ? undefined : Math.max(0, startAt - before.endAt),
    hops: group.hops,
  };
}

/** Each once, however often it happened. */
function troublesOf(hops: readonly Hop[]): readonly Trouble[] {
  const troubles = new Map<string, Trouble>();
  for (const { hop, trouble } of hops) if (trouble !== undefined) troubles.set(`${hop} ${trouble}`, { hop, text: trouble });
  return Array.from(troubles.values());
}

/** As a waterfall: what began first stands above; of the same time, in the order of the flow. */
function lanesOf(hops: readonly Hop[], openUntil: number | undefined): readonly Lane[] {
  const lanes = HOPS.flatMap((hop) => {
    const mine = hops.filter((one) => one.hop === hop);
    return mine.length === 0 ? [] : [laneOf(hop, mine, hop === "worker" ? openUntil : undefined)];
  });
  return lanes
    .toSorted((one, other) => one.startAt - other.startAt)
    .map((lane, index, sorted) => {
      const before = sorted[index - 1];
      return before === undefined ? lane : { ...lane, sinceBeforeMs: lane.startAt - before.startAt };
    });
}

function laneOf(hop: HopName, hops: readonly Hop[], openUntil: number | undefined): Lane {
  const marks = hop === "worker" ? workMarks(hops, openUntil) : hops.map(markOf);
  return {
    hop,
    marks,
    startAt: Math.min(...marks.map((mark) => mark.startAt)),
    endAt: Math.max(...marks.map((mark) => mark.endAt)),
    sinceBeforeMs: undefined,
    trouble: hops.findLast(({ trouble }) => trouble !== undefined)?.trouble,
    open: openUntil !== undefined,
  };
}

/**
 * A worker is told by its start and its end, which has the duration: one mark for each run. An attempt may have several, as a message may be
 * handed out twice; a start whose run has not ended, or not told of its end, is a mark of its own.
 */
function workMarks(hops: readonly Hop[], openUntil: number | undefined): readonly Mark[] {
  const ends = hops.filter(({ durationMs }) => durationMs !== undefined).map(markOf);
  const starts = hops.filter(({ durationMs }) => durationMs === undefined).map(markOf);
  const unended = starts.slice(ends.length).map((mark) => ({ ...mark, endAt: Math.max(mark.endAt, openUntil ?? 0) }));
  return [...ends, ...unended].toSorted((one, other) => one.startAt - other.startAt);
}

/** A hop is told when it is over: its duration lies before that. That of the end is all that the request took: it is no span of its own. */
function markOf({ hop, at, durationMs = 0, what, trouble }: Hop): Mark {
  return { startAt: hop === "end" ? at : at - durationMs, endAt: at, what, trouble };
}

/** Where a moment lies in a span, in per cent from its start; 0 for a span of no length. */
export function percentOf(at: number, { startAt, endAt }: Span): number {
  if (endAt <= startAt) return 0;
  return Math.min(100, Math.max(0, ((at - startAt) / (endAt - startAt)) * 100));
}
