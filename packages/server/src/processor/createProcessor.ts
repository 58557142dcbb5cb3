import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Logger } from "@aws-lambda-powertools/logger";
import { SETTLE_RESERVE_MS } from "@streamer/protocol";
import type { Action, Clock } from "@streamer/protocol";
import type { Context, SQSEvent, SQSBatchResponse, SQSRecord } from "aws-lambda";
import * as v from "valibot";
import type { ConnectionManager } from "../connection/connectionManager.ts";
import { createDelivery } from "../connection/delivery.ts";
import { createPostedCounts } from "../connection/postedCounts.ts";
import type { FileStore } from "../files/fileStore.ts";
import { noTracer } from "../observability/tracing/tracer.ts";
import type { Tracer, TraceSegment } from "../observability/tracing/tracer.ts";
import { publishMeasured } from "../observability/measuring.ts";
import type { Measuring } from "../observability/measuring.ts";
import type { RequestMetricName } from "../observability/metrics.ts";
import { msSince } from "../observability/msSince.ts";
import { traceIdOf } from "../observability/traceContext.ts";
import { requestEvent } from "../pipe/requestEvent.ts";
import { SPARE_RECEIVES } from "../retry/receives.ts";
import type { ConnectionStore } from "../table/connectionStore.ts";
import { decodeKeyPart } from "../table/keys.ts";
import type { RequestStore } from "../table/requestVerbs.ts";
import type { RequestRef, StoredRequest } from "../table/storedRequest.ts";
import type { SubscriptionStore } from "../table/subscriptionStore.ts";
import type { UpdateStore } from "../table/updateStore.ts";
import type { Publisher } from "../topics/publisher.ts";
import type { Run } from "./context.ts";
import type { MessageQueue } from "./messageQueue.ts";
import { processRequest } from "./processRequest.ts";
import type { Work } from "./processRequest.ts";
import { createRequestMetrics } from "./requestMetrics.ts";
import type { StepStore } from "./stepStore.ts";

/** What a processor needs of the world; `processorDeps()` of `@streamer/server/aws` has it. */
export interface ProcessorDeps extends Measuring<RequestMetricName> {
  readonly requests: RequestStore;
  readonly updates: UpdateStore;
  readonly subscriptions: SubscriptionStore;
  readonly connections: Pick<ConnectionStore, "addPosted">;
  readonly connectionManager: ConnectionManager;
  readonly files: Pick<FileStore, "put" | "sign" | "get">;
  readonly steps: StepStore;
  readonly queue: MessageQueue;
  /** Puts on the bus what the work publishes. */
  readonly publisher: Publisher;
  readonly clock: Clock;
  /** Gives an id that no other has: of a published event. */
  readonly newId: () => string;
  /** From 0 to 1: the jitter of retries. */
  readonly random: () => number;
  readonly logger: Logger;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer;
}

/** The handler of a processor's Lambda: one message of the action's queue at a time. */
export type ProcessorHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** The message goes back to its queue, for a reason that is no failure. */
class PutBack extends Error {
  override readonly name = "PutBack";
}

/**
 * Makes the processor of an asynchronous action: claim, run, settle or retry. A message is deleted when its request is settled or needs no
 * work from it; else it goes back to the queue.
 */
export function createProcessor<A extends Action>(action: A, run: Run<A>, deps: ProcessorDeps): ProcessorHandler {
  return async (event, context) => {
    const handleRecord = async (record: SQSRecord): Promise<void> => {
      const logger = deps.logger.createChild();
      // Until it is known which request the message is about.
      logger.appendKeys({ operation: "claim", correlation_id: crypto.randomUUID() });
      const putBack = await (deps.tracer ?? noTracer).segment("process", async (segment) => {
        try {
          await processRecord(record, context, { action, run, deps: { ...deps, logger } }, segment);
          return undefined;
        } catch (error) {
          // To the queue it is a failure, in a trace it is none.
          if (error instanceof PutBack) return error;
          logger.error("A message could not be processed and goes back to its queue.", {
            message_id: record.messageId,
            error: error as Error,
          });
          throw error;
        }
      });
      if (putBack !== undefined) throw putBack;
    };
    const batch = new BatchProcessor(EventType.SQS);
    const response = await processPartialResponse(event, handleRecord, batch, { throwOnFullBatchFailure: false });
    await publishMeasured(deps, deps.logger);
    return response;
  };
}

/** @throws {PutBack} when the message must come again. */
async function processRecord<A extends Action>(record: SQSRecord, context: Context, work: Work<A>, segment: TraceSegment): Promise<void> {
  const { action, deps } = work;
  const { requests, clock, logger, queue, tracer = noTracer } = deps;
  const { detail } = v.parse(requestEvent, JSON.parse(record.body));
  const ref: RequestRef = { tenantId: decodeKeyPart(detail.tenant_id), requestId: detail.request_id };
  logger.appendKeys({
    correlation_id: detail.correlation_id,
    trace_id: traceIdOf(detail.traceparent),
    request_id: ref.requestId,
    tenant_id: ref.tenantId,
    user_id: decodeKeyPart(detail.user_id),
    action: detail.action,
  });
  segment.annotate({
    correlation_id: detail.correlation_id,
    request_id: ref.requestId,
    tenant_id: ref.tenantId,
    user_id: decodeKeyPart(detail.user_id),
    action: detail.action,
    origin_trace_id: traceIdOf(detail.traceparent),
  });

  const putBack = async (delayMs: number): Promise<never> => {
    try {
      await queue.postpone(record.receiptHandle, delayMs);
    } catch (error) {
      // It comes when its visibility timeout ends, or the sweeper sends another: later than it could, but it comes.
      logger.warn("A message could not be put back for a chosen time.", { error: error as Error });
    }
    throw new PutBack();
  };

  const remainingMs = context.getRemainingTimeInMillis() - SETTLE_RESERVE_MS;
  if (remainingMs < action.timeoutMs * MIN_TIME_SHARE) {
    logger.warn("Too little time is left to start; the message is put back.", { remaining_ms: remainingMs, timeout_ms: action.timeoutMs });
    return putBack(0);
  }

  const takenAt = clock.monotonic();
  const claim = await tracer.segment("claim", () => requests.claim(ref, action.leaseMs));
  if (claim.done) {
    logger.appendKeys({ operation: "process" });
    segment.annotate({ attempt: claim.request.attempt });
    const posted = createPostedCounts(deps);
    const delivery = createDelivery(claim.request, { ...deps, connectionManager: posted.connectionManager });
    try {
      const metrics = createRequestMetrics(claim.request, deps);
      const claimed = { request: claim.request, delivery, takenAt, segment, metrics };
      const retry = await processRequest(claimed, context, work);
      if (retry !== undefined) await putBack(Math.max(0, retry.at - clock.now()));
    } finally {
      await posted.save();
    }
    return;
  }
  const waitMs = untilClaimable(claim.request, clock.now());
  const found = { status: claim.request?.status, duration_ms: msSince(clock, takenAt) };
  const { status } = found;
  if (waitMs === undefined) {
    logger.info("The request needs no work.", found);
    return;
  }
  // Received once more it would be a dead letter. Whoever holds the lease is at work, and should they die the sweeper sends another message.
  if (status === "processing" && Number(record.attributes.ApproximateReceiveCount) >= action.retry.attempts + SPARE_RECEIVES) {
    logger.info("The request is being worked on, and this message has come too often; it is dropped.", found);
    return;
  }
  logger.info("The request cannot be claimed yet; the message is put back.", { ...found, wait_ms: waitMs });
  await putBack(waitMs);
}

/** An invocation with less than this share of the action's timeout left does not start an attempt that would only run out of time. */
const MIN_TIME_SHARE = 0.5;

/** How long until the request can be claimed; `undefined` when it has ended or is gone. */
function untilClaimable(request: StoredRequest | undefined, now: number): number | undefined {
  const at = request?.status === "processing" ? request.leaseExpiresAt : request?.status === "retrying" ? request.retryAt : undefined;
  return at === undefined ? undefined : Math.max(0, at - now);
}
