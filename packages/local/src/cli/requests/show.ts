import { isTerminal } from "@streamer/protocol";
import type { StoredRequest } from "@streamer/server";
import { columns, lines } from "../columns.ts";
import type { Change, RequestView } from "./requestAdmin.ts";

/** Of a reason, in a list; `show` has all of it. */
const MAX_LISTED_CHARS = 80;

/**
 * A request as JSON: the names of the table and the log, times as ISO 8601. Not what it works on: payload, metadata and result are its
 * user's, and an error's details may quote them.
 */
function toJson(request: StoredRequest) {
  const { dueAt, retryAt, leaseExpiresAt, error, failureReason } = request;
  return {
    request_id: request.requestId,
    tenant_id: request.tenantId,
    user_id: request.userId,
    action: request.action,
    status: request.status,
    attempt: request.attempt,
    uncounted_attempts: request.uncountedAttempts,
    dispatches: request.dispatches,
    created_at: time(request.createdAt),
    queued_at: time(request.queuedAt),
    ...maybe("started_at", request.startedAt, time),
    ...maybe("ended_at", request.endedAt, time),
    ...maybe("lease_expires_at", leaseExpiresAt, time),
    ...maybe("retry_at", retryAt, time),
    // Of an ended request it is no time at which anything is due.
    ...maybe("due_at", isTerminal(request.status) ? undefined : dueAt, time),
    ...maybe("cancel_requested_at", request.cancelRequestedAt, time),
    ...maybe("cancel_reason", request.cancelReason),
    ...maybe("progress", request.lastProgress),
    ...maybe("progress_message", request.lastMessage),
    ...maybe("progress_at", request.lastUpdate, time),
    ...maybe("code", error?.code),
    ...maybe("reason", failureReason),
    ...maybe("payload_key", request.upload?.key),
    ...maybe("payload_bytes", request.upload?.sizeBytes),
    ...maybe("result_key", request.resultObject?.key),
    ...maybe("result_bytes", request.resultObject?.sizeBytes),
    expires_at: time(request.expiresAt * 1000),
    connection_id: request.connectionId,
    correlation_id: request.correlationId,
  };
}

export function listAsJson(requests: readonly StoredRequest[]): string {
  return `${JSON.stringify(requests.map(toJson))}\n`;
}

export function listAsText(requests: readonly StoredRequest[]): string {
  if (requests.length === 0) return "No requests.\n";
  const withFailures = requests.some((request) => request.error !== undefined || request.failureReason !== undefined);
  return columns(
    ["REQUEST", "TENANT", "USER", "ACTION", "STATUS", "ATTEMPT", "PROGRESS", "QUEUED", ...(withFailures ? ["CODE", "REASON"] : [])],
    requests.map((request) => [
      request.requestId,
      request.tenantId,
      request.userId,
      request.action,
      request.status,
      String(request.attempt),
      request.lastProgress === undefined ? "" : `${request.lastProgress}%`,
      time(request.queuedAt),
      ...(withFailures ? [request.error?.code ?? "", shortened(request.failureReason ?? "")] : []),
    ]),
  );
}

function viewToJson({ request, updates }: RequestView) {
  return { ...toJson(request), updates };
}

/** @param payload JSON text, when it was asked for; metadata comes along. */
export function viewAsJson(view: RequestView, payload: string | undefined): string {
  const { metadata } = view.request;
  return `${JSON.stringify({ ...viewToJson(view), ...(payload === undefined ? {} : { metadata, payload: JSON.parse(payload) as unknown }) })}\n`;
}

/** One line for each of what is known. */
export function viewAsText(view: RequestView, payload: string | undefined): string {
  const { metadata } = view.request;
  return lines({ ...viewToJson(view), ...(payload === undefined ? {} : { metadata: JSON.stringify(metadata), payload }) });
}

export function changesAsJson(changes: readonly Change[]): string {
  return `${JSON.stringify(
    changes.map(({ request, outcome, error }) => ({
      request_id: request.requestId,
      tenant_id: request.tenantId,
      action: request.action,
      outcome,
      status: request.status,
      attempt: request.attempt,
      ...(error === undefined ? {} : { error: error.message }),
    })),
  )}\n`;
}

const OUTCOMES: Readonly<Record<Change["outcome"], string>> = {
  cancelled: "cancelled",
  cancelling: "its worker is told to stop",
  redriven: "redriven",
  to_redrive: "would be redriven",
  refused: "left as it is",
  failed: "failed",
};

export function changesAsText(changes: readonly Change[]): string {
  return columns(
    ["REQUEST", "TENANT", "ACTION", "STATUS", "ATTEMPT", "OUTCOME"],
    changes.map(({ request, outcome, error }) => [
      request.requestId,
      request.tenantId,
      request.action,
      request.status,
      String(request.attempt),
      error === undefined ? OUTCOMES[outcome] : `${OUTCOMES[outcome]}: ${error.message}`,
    ]),
  );
}

function maybe<Value>(
  name: string,
  value: Value | undefined,
  show: (value: Value) => unknown = (given) => given,
): Readonly<Record<string, unknown>> {
  return value === undefined ? {} : { [name]: show(value) };
}

function shortened(text: string): string {
  return text.length <= MAX_LISTED_CHARS ? text : `${text.slice(0, MAX_LISTED_CHARS - 1)}…`;
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
