import type { HandleStatus } from "@streamer/client";
import type { Tone } from "../../../ui/index.ts";
import { sentence } from "../../../ui/format.ts";
import { issuesIn } from "../form/issues.ts";
import type { RunOutcome } from "./run.ts";

/** One request, as its card shows it: live, or as it was. */
export interface RunView {
  readonly status: HandleStatus;
  readonly stale: boolean;
  readonly attempt: number;
  readonly retryAt: Date | undefined;
  readonly percentage: number;
  readonly message: string;
  readonly metadata: unknown;
  readonly chunks: readonly unknown[];
  readonly incomplete: boolean;
  readonly data: unknown;
  readonly error: { readonly code: string; readonly message: string; readonly details?: unknown } | undefined;
  /** Known when it has ended. */
  readonly durationMs: number | undefined;
}

export function outcomeView({ status, durationMs, attempt, percentage, data, error }: RunOutcome): RunView {
  return {
    status,
    durationMs,
    attempt,
    percentage,
    data,
    error,
    stale: false,
    retryAt: undefined,
    message: "",
    metadata: undefined,
    chunks: [],
    incomplete: false,
  };
}

export function isOpen({ status }: Pick<RunView, "status">): boolean {
  return status !== "completed" && status !== "failed" && status !== "cancelled";
}

export function barTone(status: string): Tone {
  switch (status) {
    case "completed":
      return "good";
    case "failed":
    case "rejected":
      return "bad";
    case "retrying":
      return "warn";
    case "cancelled":
      return "neutral";
    default:
      return "accent";
  }
}

/** One line about where a request stands. */
export function lineOf(view: RunView, now: number): string {
  const { status, message, retryAt, error, stale } = view;
  switch (status) {
    case "submitting":
      return "On its way";
    case "queued":
      return "Waiting for a worker";
    case "retrying": {
      const seconds = retryAt === undefined ? undefined : Math.max(0, Math.ceil((retryAt.getTime() - now) / 1000));
      return seconds === undefined || seconds === 0 ? "The worker was lost; another takes over" : `Tried again in ${seconds} s`;
    }
    case "running":
      return stale ? `${message === "" ? "At work" : message} (catching up)` : message === "" ? "At work" : message;
    case "completed":
      return "Done";
    case "cancelled":
      return "Cancelled. Nothing more will happen.";
    case "failed":
      return error === undefined ? "It failed" : [error.message, ...issueTexts(error.details)].join(" ");
  }
}

/** What is wrong with a payload, where no form says it: the first two of it. */
function issueTexts(details: unknown): readonly string[] {
  return issuesIn(details)
    .slice(0, 2)
    .map(({ path, message }) => sentence(path === "" ? message : `${path}: ${message}`));
}
