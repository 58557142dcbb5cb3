import type { BatchRef } from "@streamer/client";

/** How a run ended: kept, as a short action's answer is not stored anywhere else. */
export interface RunOutcome {
  readonly status: "completed" | "failed" | "cancelled";
  readonly durationMs: number;
  readonly attempt: number;
  readonly percentage: number;
  readonly data?: unknown;
  readonly error?: { readonly code: string; readonly message: string; readonly details?: unknown };
}

interface RunBase {
  readonly action: string;
  /** Ms since 1970. */
  readonly startedAt: number;
}

export interface RequestRun extends RunBase {
  readonly kind: "request";
  readonly id: string;
  /** What is sent. Absent for what was sent elsewhere, or is too large to be kept over a reload. */
  readonly payload?: unknown;
  /** Whether the server has it: then it is followed by its id, and nothing is sent. */
  readonly accepted: boolean;
  readonly outcome?: RunOutcome;
}

export interface BatchRun extends RunBase {
  readonly kind: "batch";
  readonly id: string;
  readonly ref: BatchRef;
  /** What each of its requests is given. */
  readonly payload?: unknown;
  readonly accepted: boolean;
  readonly durationMs?: number;
}

export type Run = RequestRun | BatchRun;
