import type { Logger } from "@aws-lambda-powertools/logger";
import type { Clock } from "@streamer/protocol";
import type { ConnectionManager } from "../connection/connectionManager.ts";
import { createDelivery } from "../connection/delivery.ts";
import type { RequestUpdate } from "../connection/delivery.ts";
import { outcomeMessage } from "../connection/outcome.ts";
import { retryingMessage } from "../connection/retryingMessage.ts";
import { msSince } from "../observability/msSince.ts";
import { traceIdOf } from "../observability/traceContext.ts";
import type { RequestStore, TransitionResult } from "../table/requestVerbs.ts";
import type { StoredRequest } from "../table/storedRequest.ts";
import type { SubscriptionStore } from "../table/subscriptionStore.ts";
import type { SweepStep } from "./nextStep.ts";

/** A step that changes something. */
export type TakenStep = Exclude<SweepStep, { readonly kind: "leave" }>;

export interface StepDeps {
  readonly requests: Pick<RequestStore, "recover" | "abandon" | "stopLost" | "expire" | "dispatch">;
  readonly subscriptions: Pick<SubscriptionStore, "listByRequest" | "delete">;
  readonly connectionManager: Pick<ConnectionManager, "broadcast">;
  readonly logger: Logger;
  readonly clock: Pick<Clock, "monotonic">;
}

/**
 * Writes a step, and then tells the watchers. Gives the request as it stands after it; `undefined`: the write lost, since somebody else
 * moved the request on, and so nobody is told anything.
 *
 * @throws {TableError} when the table does not answer the write.
 */
export async function takeStep(request: StoredRequest, step: TakenStep, deps: StepDeps): Promise<StoredRequest | undefined> {
  const startedAt = deps.clock.monotonic();
  const written = await write(request, step, deps.requests);
  if (!written.done) return undefined;
  const logger = deps.logger.createChild();
  logger.appendKeys({
    operation: "sweep",
    correlation_id: request.correlationId,
    trace_id: traceIdOf(request.traceparent),
    request_id: request.requestId,
    tenant_id: request.tenantId,
    user_id: request.userId,
    action: request.action,
  });
  const { status, attempt, dispatches } = written.request;
  const reason = step.kind === "abandon" || step.kind === "expire" ? step.failure.reason : undefined;
  // A backlog has thousands of these, and the metrics count them.
  const level = step.kind === "dispatch" ? "debug" : "info";
  logger[level]("The sweeper saw to a request.", {
    step: step.kind,
    status,
    attempt,
    dispatches,
    reason,
    duration_ms: msSince(deps.clock, startedAt),
  });
  const message = await messageOf(step.kind, written.request);
  if (message !== undefined)
    await createDelivery(written.request, { ...deps, logger }).deliver(message, { last: message.type !== "status" });
  return written.request;
}

function write(request: StoredRequest, step: TakenStep, requests: StepDeps["requests"]): Promise<TransitionResult> {
  switch (step.kind) {
    case "recover":
      return requests.recover(request, request.attempt, step.retry);
    case "abandon":
      return requests.abandon(request, request.attempt, step.failure);
    case "stopLost":
      return requests.stopLost(request, request.attempt);
    case "expire":
      return requests.expire(request, step.failure);
    case "dispatch":
      return requests.dispatch(request, step.dueAt);
  }
}

/** What the watchers are told. A request whose event was only sent again has not changed for them. */
async function messageOf(kind: TakenStep["kind"], request: StoredRequest): Promise<RequestUpdate | undefined> {
  const { requestId, error, endedAt = 0, cancelReason, lastSequence } = request;
  // As its last worker saved it: there may have been later updates.
  const last = lastSequence === undefined ? {} : { last_sequence: lastSequence };
  switch (kind) {
    case "dispatch":
      return undefined;
    case "recover":
      return retryingMessage(request);
    case "stopLost":
      return { ...(await outcomeMessage(requestId, { status: "cancelled", reason: cancelReason }, endedAt, NO_FILES)), ...last };
    case "abandon":
    case "expire":
      return {
        ...(await outcomeMessage(requestId, { status: "failed", failure: error ?? { code: "INTERNAL_ERROR" } }, endedAt, NO_FILES)),
        ...last,
      };
  }
}

/** Only results have files, and the sweeper completes nothing. */
const NO_FILES = {
  sign: () => Promise.reject(new TypeError("A request that failed or was cancelled has no files.")),
};
