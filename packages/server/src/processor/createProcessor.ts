import type { Logger } from "@aws-lambda-powertools/logger";
import { SETTLE_RESERVE_MS, WorkerLostError } from "@streamer/protocol";
import type { Action, Clock } from "@streamer/protocol";
import type { Context, SQSEvent, SQSBatchResponse, SQSRecord } from "aws-lambda";
import * as v from "valibot";
import type { ConnectionManager } from "../connection/connectionManager.ts";
import { createDelivery } from "../connection/delivery.ts";
import type { Delivery } from "../connection/delivery.ts";
import { outcomeMessage } from "../connection/outcome.ts";
import type { Outcome } from "../connection/outcome.ts";
import { createPostedCounts } from "../connection/postedCounts.ts";
import type { FileStore } from "../files/fileStore.ts";
import { requestEvent } from "../pipe/requestEvent.ts";
import { createProgressReporter } from "../progress/progressReporter.ts";
import type { ProgressReporter } from "../progress/progressReporter.ts";
import type { ConnectionStore } from "../table/connectionStore.ts";
import { decodeKeyPart } from "../table/keys.ts";
import type { RequestStore, SettleResult } from "../table/requestVerbs.ts";
import type { RequestRef, StoredRequest } from "../table/storedRequest.ts";
import type { SubscriptionStore } from "../table/subscriptionStore.ts";
import type { UpdateStore } from "../table/updateStore.ts";
import { runAttempt } from "./attempt.ts";
import type { AttemptEnd } from "./attempt.ts";
import type { Run } from "./context.ts";
import { cancelledBy, holdLease, LEASE_MS } from "./lease.ts";
import type { MessageQueue } from "./messageQueue.ts";

export interface ProcessorDeps {
  readonly requests: RequestStore;
  readonly updates: UpdateStore;
  readonly subscriptions: SubscriptionStore;
  readonly connections: Pick<ConnectionStore, "addPosted">;
  readonly connectionManager: ConnectionManager;
  readonly files: FileStore;
  readonly queue: MessageQueue;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly logger: Logger;
  /** Called once at the end of each invocation. Default: there are no metrics. */
  readonly publishMetrics?: () => Promise<void>;
}

/** The handler of a processor's Lambda: one message of the action's queue at a time. */
export type ProcessorHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/**
 * Makes the processor of an asynchronous action: claim, run, settle. A message is deleted when its request is settled or needs no work
 * from it; else it goes back to the queue.
 */
export function createProcessor<A extends Action>(action: A, run: Run<A>, deps: ProcessorDeps): ProcessorHandler {
  return async (event, context) => {
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const record of event.Records) {
      const logger = deps.logger.createChild();
      try {
        const done = await processRecord(record, context, { action, run, deps: { ...deps, logger } });
        if (!done) batchItemFailures.push({ itemIdentifier: record.messageId });
      } catch (error) {
        logger.error("A message could not be processed and goes back to its queue.", {
          message_id: record.messageId,
          error: error as Error,
        });
        batchItemFailures.push({ itemIdentifier: record.messageId });
      }
    }
    try {
      await deps.publishMetrics?.();
    } catch (error) {
      // The work is done: a number is not worth doing it again.
      deps.logger.warn("The metrics of an invocation could not be published.", { error: error as Error });
    }
    return { batchItemFailures };
  };
}

interface Work<A extends Action> {
  readonly action: A;
  readonly run: Run<A>;
  readonly deps: ProcessorDeps;
}

/** Whether the message is done with. */
async function processRecord<A extends Action>(record: SQSRecord, context: Context, work: Work<A>): Promise<boolean> {
  const { requests, clock, logger, queue } = work.deps;
  const { detail } = v.parse(requestEvent, JSON.parse(record.body));
  const ref: RequestRef = { tenantId: decodeKeyPart(detail.tenant_id), requestId: detail.request_id };
  logger.appendKeys({
    correlation_id: detail.correlation_id,
    request_id: ref.requestId,
    tenant_id: ref.tenantId,
    user_id: decodeKeyPart(detail.user_id),
    action: detail.action,
  });

  const takenAt = clock.monotonic();
  const claim = await requests.claim(ref, LEASE_MS);
  if (claim.done) {
    const posted = createPostedCounts(work.deps);
    const delivery = createDelivery(claim.request, { ...work.deps, connectionManager: posted.connectionManager });
    try {
      await processRequest(claim.request, delivery, takenAt, context, work);
    } finally {
      await posted.save();
    }
    return true;
  }
  const waitMs = untilClaimable(claim.request, clock.now());
  if (waitMs === undefined) {
    logger.info("The request needs no work.", { status: claim.request?.status });
    return true;
  }
  logger.info("The request cannot be claimed yet; the message is put back.", { status: claim.request?.status, wait_ms: waitMs });
  await queue.postpone(record.receiptHandle, waitMs);
  return false;
}

/** How long until the request can be claimed; `undefined` when it has ended or is gone. */
function untilClaimable(request: StoredRequest | undefined, now: number): number | undefined {
  const at = request?.status === "processing" ? request.leaseExpiresAt : request?.status === "retrying" ? request.retryAt : undefined;
  return at === undefined ? undefined : Math.max(0, at - now);
}

async function processRequest<A extends Action>(
  request: StoredRequest,
  delivery: Delivery,
  takenAt: number,
  context: Context,
  work: Work<A>,
): Promise<void> {
  const { deps } = work;
  const { requests, updates, clock, logger } = deps;
  logger.appendKeys({ attempt: request.attempt });
  logger.info("An attempt starts.");
  const abort = new AbortController();
  const previous = request.attempt === 1 ? 0 : await updates.lastSequence(request);
  const reporter = createProgressReporter(request, previous, { updates, delivery, clock, logger, mayWrite: () => lease.held() });
  const lease = holdLease({ request, takenAt, progress: () => reporter.last, onStop: (reason) => abort.abort(reason) }, deps);

  // Asked for during an earlier attempt, whose worker did not live to see it.
  if (request.cancelRequestedAt !== undefined) abort.abort(cancelledBy(request));
  // Its workers died one after the other, each before it could say so.
  else if (request.attempt > work.action.retry.attempts) abort.abort(new WorkerLostError());

  let end: AttemptEnd;
  try {
    const timeoutMs = Math.min(work.action.timeoutMs, context.getRemainingTimeInMillis() - SETTLE_RESERVE_MS);
    const payload = await requests.payloadOf(request);
    end = await runAttempt({ action: work.action, run: work.run, request, payload, reporter, abort, timeoutMs, logger }, deps);
    if (end.kind === "completed" && (reporter.last?.percentage ?? 0) < 100) reporter.report(100, "Completed");
    if (end.kind !== "lost") await reporter.flushNow();
  } finally {
    await Promise.all([reporter.close(), lease.release()]);
  }

  const outcome = toOutcome(end);
  if (outcome === undefined) {
    logger.warn("The lease was lost; another attempt has the request.");
    return;
  }
  const settled = await settle(requests, request, outcome, reporter);
  if (!settled.done) {
    logger.warn("The request was settled or taken over by somebody else; this attempt's outcome is dropped.", {
      status: settled.request?.status,
    });
    return;
  }
  if (end.kind === "failed") logger.error("The request failed.", { code: end.failure.code, error: end.cause as Error });
  else logger.info("The request ended.", { status: outcome.status });
  try {
    await delivery.deliver(await outcomeMessage(request.requestId, outcome, clock.now(), deps.files), { last: true });
  } catch (error) {
    // Settled is settled: the message must not come back for a file that could not be signed. Who subscribes is given the outcome.
    logger.error("The outcome of a request could not be sent.", { error: error as Error });
  }
}

function toOutcome(end: AttemptEnd): Outcome | undefined {
  switch (end.kind) {
    case "completed":
      return { status: "completed", result: end.result };
    case "failed":
      return { status: "failed", failure: end.failure };
    case "cancelled":
      return { status: "cancelled", reason: end.reason };
    case "lost":
      return undefined;
  }
}

function settle(requests: RequestStore, request: StoredRequest, outcome: Outcome, reporter: ProgressReporter): Promise<SettleResult> {
  switch (outcome.status) {
    case "completed":
      return requests.complete(request, request.attempt, outcome.result, reporter.last);
    case "failed":
      return requests.fail(request, request.attempt, outcome.failure, reporter.last);
    case "cancelled":
      return requests.stop(request, request.attempt, reporter.last);
  }
}
