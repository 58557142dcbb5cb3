import type { Action } from "@streamer/protocol";
import { retryDelayMs } from "../retry/retryDelay.ts";
import type { Failure, Retry } from "../table/requestVerbs.ts";
import type { StoredRequest } from "../table/storedRequest.ts";

/** What is to be done with a request that was listed as due. */
export type SweepStep =
  /** Nothing: it is in good hands, has ended, or is not due any more. The index is behind the table, and heartbeats do not move it. */
  | { readonly kind: "leave" }
  /** Its worker died; it is tried again. */
  | { readonly kind: "recover"; readonly retry: Retry }
  /** Its worker died, and it fails. */
  | { readonly kind: "abandon"; readonly failure: Failure }
  /** Its worker died, and its end was asked for. */
  | { readonly kind: "stopLost" }
  /** It waits, and fails. */
  | { readonly kind: "expire"; readonly failure: Failure }
  /** It waits, and its event is sent again. */
  | { readonly kind: "dispatch"; readonly dueAt: number };

export interface StepContext {
  /** By name. */
  readonly actions: ReadonlyMap<string, Action>;
  readonly now: number;
  readonly maxWaitMs: number;
  /** How long an unknown action is taken for one that the next deployment brings. */
  readonly unknownActionGraceMs: number;
  /** 0 ≤ n < 1, for the jitter. */
  readonly random: () => number;
}

const FIRST_DISPATCH_DELAY_MS = 60_000;
const MAX_DISPATCH_DELAY_MS = 60 * 60_000;

/** Decides by the request alone; the write that follows is conditional on what was seen. */
export function nextStep(request: StoredRequest, context: StepContext): SweepStep {
  switch (request.status) {
    case "processing":
      return request.leaseExpiresAt === undefined || request.leaseExpiresAt > context.now ? { kind: "leave" } : lostStep(request, context);
    case "pending":
    case "retrying":
      return request.dueAt === undefined || request.dueAt > context.now ? { kind: "leave" } : waitingStep(request, context);
    case "completed":
    case "failed":
    case "cancelled":
      return { kind: "leave" };
  }
}

/**
 * When a request that waits is due again: after 1, 2, 4 … 60 minutes, the more often it was sent, the later. A backlog that is only slow is
 * not sent again every minute.
 */
function nextDispatchAt(dispatches: number, now: number): number {
  return now + Math.min(MAX_DISPATCH_DELAY_MS, FIRST_DISPATCH_DELAY_MS * 2 ** dispatches);
}

/** Since when a request could have been started; of one that is running, since when it was queued. */
function waitingSince({ status, queuedAt, retryAt }: StoredRequest): number {
  return status === "retrying" ? Math.max(queuedAt, retryAt ?? 0) : queuedAt;
}

/** The worker was not heard of for its whole lease. */
function lostStep(request: StoredRequest, { actions, now, unknownActionGraceMs, random }: StepContext): SweepStep {
  if (request.cancelRequestedAt !== undefined) return { kind: "stopLost" };
  const action = actions.get(request.action);
  if (action === undefined) {
    const sinceMs = now - (request.leaseExpiresAt ?? now);
    return sinceMs < unknownActionGraceMs ? { kind: "leave" } : { kind: "abandon", failure: unknownAction(request) };
  }
  const counted = request.attempt - request.uncountedAttempts;
  const lost = `The worker of attempt ${request.attempt} was not heard of since its lease ended at ${isoTime(request.leaseExpiresAt)}.`;
  if (counted < action.retry.attempts)
    return { kind: "recover", retry: { at: now + retryDelayMs(action.retry, counted, random), reason: lost } };
  return {
    kind: "abandon",
    failure: { code: "WORKER_LOST", reason: `${lost} Of its ${action.retry.attempts} attempts none is left.` },
  };
}

/** Nobody came for it although its time has come. */
function waitingStep(request: StoredRequest, { actions, now, maxWaitMs, unknownActionGraceMs }: StepContext): SweepStep {
  const since = waitingSince(request);
  if (!actions.has(request.action) && now - since >= unknownActionGraceMs) return { kind: "expire", failure: unknownAction(request) };
  if (now - since <= maxWaitMs) return { kind: "dispatch", dueAt: nextDispatchAt(request.dispatches, now) };
  const reason = `It waited to be started since ${isoTime(since)}, longer than ${maxWaitMs} ms; its event was sent again ${request.dispatches} times.`;
  return { kind: "expire", failure: { code: "EXPIRED", reason } };
}

function unknownAction({ action }: StoredRequest): Failure {
  return { code: "INVALID_ACTION", reason: `The action "${action}" is not among the app's actions any more.` };
}

function isoTime(ms: number | undefined): string {
  return new Date(ms ?? 0).toISOString();
}
