import { SETTLE_RESERVE_MS, WorkerLostError } from "@streamer/protocol";
import type { Action } from "@streamer/protocol";
import type { Context } from "aws-lambda";
import type { Delivery } from "../connection/delivery.ts";
import { outcomeMessage } from "../connection/outcome.ts";
import type { Outcome } from "../connection/outcome.ts";
import { retryingMessage } from "../connection/retryingMessage.ts";
import { noTracer } from "../observability/tracing/tracer.ts";
import type { TraceSegment } from "../observability/tracing/tracer.ts";
import { createChunkWriter } from "../progress/chunkWriter.ts";
import { createProgressReporter } from "../progress/progressReporter.ts";
import type { ProgressReporter } from "../progress/progressReporter.ts";
import { createUpdateLine } from "../progress/updateLine.ts";
import { msSince } from "../observability/msSince.ts";
import type { Retry, SettleResult } from "../table/requestVerbs.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import { runAttempt } from "./attempt.ts";
import type { AttemptEnd } from "./attempt.ts";
import type { Run } from "./context.ts";
import { decideRetry, reasonOf } from "./decideRetry.ts";
import { cancelledBy, holdLease, LeaseLostError } from "./lease.ts";
import { readPayload } from "./payload.ts";
import type { RequestMetrics } from "./requestMetrics.ts";
import type { ProcessorDeps } from "./createProcessor.ts";

export interface Work<A extends Action> {
  readonly action: A;
  readonly run: Run<A>;
  readonly deps: ProcessorDeps;
}

export interface Claimed {
  readonly request: StoredRequest;
  readonly delivery: Delivery;
  /** Monotonic time before the claim. */
  readonly takenAt: number;
  /** The message's own. */
  readonly segment: TraceSegment;
  readonly metrics: RequestMetrics;
}

/** Runs one attempt of a claimed request and settles it, or lets it wait for the next. Gives when that may start; `undefined` when none follows. */
export async function processRequest<A extends Action>(claimed: Claimed, context: Context, work: Work<A>): Promise<Retry | undefined> {
  const { request, delivery, takenAt, segment, metrics } = claimed;
  const { action, deps } = work;
  const { updates, clock, logger, tracer = noTracer } = deps;
  logger.appendKeys({ attempt: request.attempt });
  logger.info("An attempt starts.");
  const abort = new AbortController();
  const previous = request.attempt === 1 ? 0 : await updates.lastSequence(request);
  metrics.started();
  const line = metrics.onLine(createUpdateLine(request, previous, { updates, delivery, tracer, mayWrite: () => lease.held() }));
  const reporter = createProgressReporter(line, { clock, logger });
  const lost = (): LeaseLostError => new LeaseLostError(`The lease of request ${request.requestId} ended: nothing more may be written.`);
  const chunks = createChunkWriter(line, { clock, logger, lost });
  const lease = holdLease(
    { request, leaseMs: action.leaseMs, takenAt, progress: () => reporter.last, onStop: (reason) => abort.abort(reason) },
    deps,
  );

  // Asked for during an earlier attempt, whose worker did not live to see it.
  if (request.cancelRequestedAt !== undefined) abort.abort(cancelledBy(request));
  // Its workers died one after the other, each before it could say so.
  else if (request.attempt - request.uncountedAttempts > action.retry.attempts) abort.abort(new WorkerLostError());

  let end: AttemptEnd;
  try {
    const timeoutMs = Math.min(action.timeoutMs, context.getRemainingTimeInMillis() - SETTLE_RESERVE_MS);
    const payload = (): Promise<unknown> => readPayload(request, deps);
    const attempt = { action, run: work.run, request, payload, reporter, chunks, abort, timeoutMs, logger };
    end = await tracer.segment(`run ${action.name}`, async (running) => {
      const ended = await runAttempt(attempt, deps);
      if (ended.kind === "failed") running.fail(ended.cause);
      return ended;
    });
    if (end.kind === "completed" && (reporter.last?.percentage ?? 0) < 100) reporter.report(100, "Completed");
    if (end.kind !== "lost") {
      // Already flushed, when the work completed. Else what it emitted before is of use, and its failure is not the reason of this one.
      await chunks.flushNow().catch(() => undefined);
      await reporter.flushNow();
    }
  } finally {
    await Promise.all([chunks.close(), reporter.close(), lease.release()]);
  }

  if (end.kind === "lost") {
    segment.annotate({ outcome: "lost" });
    logger.warn("The lease was lost; another attempt has the request.", { operation: "lease", duration_ms: msSince(clock, takenAt) });
    return undefined;
  }
  if (end.kind === "failed") {
    metrics.attemptFailed(end.cause);
    const retry = decideRetry(end.cause, request, action.retry, { now: clock.now(), random: deps.random });
    const { cause } = end;
    if (retry !== undefined) return tracer.segment("retry", () => retryLater(retry, cause, reporter, claimed, deps));
  }
  const outcome = toOutcome(end);
  const cause = end.kind === "failed" ? end.cause : undefined;
  await tracer.segment("settle", () => settle(outcome, cause, reporter, claimed, deps));
  return undefined;
}

/** Writes first that the request waits: a message that comes too early then finds it waiting, and is put back. */
async function retryLater(
  retry: Retry,
  cause: unknown,
  reporter: ProgressReporter,
  claimed: Claimed,
  deps: ProcessorDeps,
): Promise<Retry | undefined> {
  const { request, delivery, segment, takenAt } = claimed;
  const { requests, logger, clock } = deps;
  const written = await requests.retry(request, request.attempt, retry, reporter.last);
  const ended = { operation: "retry", duration_ms: msSince(clock, takenAt) };
  if (written.done) {
    claimed.metrics.retried();
    segment.annotate({ outcome: "retrying" });
    segment.fail(cause);
    logger.warn("The attempt failed; another follows.", { ...ended, retry_at: new Date(retry.at).toISOString(), error: cause as Error });
    await delivery.deliver(retryingMessage(written.request));
    return retry;
  }
  const now = written.request;
  if (now?.status === "processing" && now.attempt === request.attempt && now.cancelRequestedAt !== undefined) {
    await settle({ status: "cancelled", reason: now.cancelReason }, undefined, reporter, claimed, deps);
  } else {
    logger.warn("The request was settled or taken over by somebody else; this attempt's failure is dropped.", {
      ...ended,
      status: now?.status,
    });
  }
  return undefined;
}

async function settle(
  outcome: Outcome,
  cause: unknown,
  reporter: ProgressReporter,
  { request, delivery, segment, metrics, takenAt }: Claimed,
  deps: ProcessorDeps,
): Promise<void> {
  const { logger, clock } = deps;
  const settled = await write(outcome, cause, request, reporter, deps);
  const ended = { operation: "settle", duration_ms: msSince(clock, takenAt) };
  if (!settled.done) {
    logger.warn("The request was settled or taken over by somebody else; this attempt's outcome is dropped.", {
      ...ended,
      status: settled.request?.status,
    });
    return;
  }
  metrics.ended(outcome);
  segment.annotate({ outcome: outcome.status });
  if (outcome.status === "failed") {
    segment.fail(cause);
    logger.error("The request failed.", { ...ended, code: outcome.failure.code, error: cause as Error });
  } else logger.info("The request ended.", { ...ended, status: outcome.status });
  try {
    const message = await outcomeMessage(request.requestId, outcome, clock.now(), deps.files);
    // Even the last update before it may be lost on its way, and nothing else would tell.
    const last = reporter.lastSequence;
    await delivery.deliver(last === 0 ? message : { ...message, last_sequence: last }, { last: true });
  } catch (error) {
    // Settled is settled: the message must not come back for a file that could not be signed. Who subscribes is given the outcome.
    segment.fail(error);
    logger.error("The outcome of a request could not be sent.", { operation: "send", error: error as Error });
  }
}

function write(
  outcome: Outcome,
  cause: unknown,
  request: StoredRequest,
  reporter: ProgressReporter,
  { requests }: ProcessorDeps,
): Promise<SettleResult> {
  switch (outcome.status) {
    case "completed":
      return requests.complete(request, request.attempt, outcome.result, reporter.last);
    case "failed":
      return requests.fail(request, request.attempt, { ...outcome.failure, reason: reasonOf(cause) }, reporter.last);
    case "cancelled":
      return requests.stop(request, request.attempt, reporter.last);
  }
}

function toOutcome(end: Exclude<AttemptEnd, { kind: "lost" }>): Outcome {
  switch (end.kind) {
    case "completed":
      return { status: "completed", result: end.result };
    case "failed":
      return { status: "failed", failure: end.failure };
    case "cancelled":
      return { status: "cancelled", reason: end.reason };
  }
}
