import { isTerminal } from "@streamer/protocol";
import type { RequestDetail } from "../../../contract.ts";
import { timelineOf } from "../timeline/layout.ts";
import type { Tone } from "../../../ui/badge.tsx";
import { statusText } from "../../../ui/statusText.ts";

export interface AttemptView {
  readonly attempt: number;
  /** Absent when this run of the stack did not see it start. */
  readonly startedAt: number | undefined;
  readonly durationMs: number | undefined;
  /** How it ended, or that it runs. */
  readonly end: string;
  readonly tone: Tone;
  readonly trouble: string | undefined;
  readonly updates: number;
  /** The furthest that it came. */
  readonly percentage: number | undefined;
}

type Request = Pick<RequestDetail, "status" | "attempt" | "timeline" | "updates" | "startedAt" | "endedAt">;

/** Each attempt and how it ended, the first one first. */
export function attemptsOf(request: Request, now: number): readonly AttemptView[] {
  const layouts = timelineOf(request, now)?.attempts ?? [];
  return Array.from({ length: request.attempt }, (_, index) => {
    const attempt = index + 1;
    const last = attempt === request.attempt;
    const layout = layouts.find((one) => one.attempt === attempt);
    const work = layout?.work ?? (last ? recordedWork(request, now) : undefined);
    const trouble = layout?.troubles.map(({ text }) => text).join("; ") || undefined;
    const updates = request.updates.filter((update) => update.attempt === attempt);
    const percentages = updates.flatMap(({ percentage }) => (percentage === undefined ? [] : [percentage]));
    return {
      attempt,
      startedAt: work?.startAt,
      durationMs: work === undefined ? undefined : work.endAt - work.startAt,
      ...endOf(request, last, layout?.failed),
      trouble,
      updates: updates.length,
      percentage: percentages.length === 0 ? undefined : Math.max(...percentages),
    };
  });
}

/** @param failed undefined when this run did not see it. */
function endOf(request: Request, last: boolean, failed: boolean | undefined): Pick<AttemptView, "end" | "tone"> {
  if (last && request.status !== "retrying" && request.status !== "pending") {
    const { text, tone } = statusText(request.status);
    return { end: text, tone };
  }
  if (failed === undefined) return { end: "Before this run", tone: "neutral" };
  return failed ? { end: "Failed", tone: "bad" } : { end: "To be started again", tone: "neutral" };
}

/** What the table says, of an attempt that this run did not see. */
function recordedWork(
  { status, startedAt, endedAt }: Request,
  now: number,
): { readonly startAt: number; readonly endAt: number } | undefined {
  if (startedAt === undefined) return undefined;
  const endAt = isTerminal(status) ? endedAt : status === "processing" ? now : undefined;
  return endAt === undefined ? undefined : { startAt: startedAt, endAt };
}
