import type { RequestView } from "@streamer/protocol";
import type { StoredRequest } from "../table/storedRequest.ts";

/** A request as its user may see it: how it stands, without payload, result, or the words of an internal failure. */
export function requestView(request: StoredRequest): RequestView {
  const { status, startedAt, endedAt, retryAt, lastProgress, lastMessage, lastUpdate, cancelRequestedAt, error } = request;
  return {
    request_id: request.requestId,
    action: request.action,
    user_id: request.userId,
    status,
    attempt: request.attempt,
    created_at: seconds(request.createdAt),
    ...(startedAt === undefined ? {} : { started_at: seconds(startedAt) }),
    ...(endedAt === undefined ? {} : { ended_at: seconds(endedAt) }),
    ...(retryAt === undefined || status !== "retrying" ? {} : { retry_at: seconds(retryAt) }),
    expires_at: request.expiresAt,
    ...(lastProgress === undefined || lastMessage === undefined || lastUpdate === undefined
      ? {}
      : { progress: { percentage: lastProgress, message: lastMessage, timestamp: seconds(lastUpdate) } }),
    ...(cancelRequestedAt === undefined || status !== "processing" ? {} : { cancel_requested: true }),
    ...(error === undefined || status !== "failed" ? {} : { error: { code: error.code } }),
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
