import type { StatusMessage } from "@streamer/protocol";
import type { StoredRequest } from "../table/storedRequest.ts";

/** What the watchers of a request that waits for its next attempt are told. Whole seconds, rounded up: not before it is so. */
export function retryingMessage({ requestId, attempt, retryAt }: StoredRequest): StatusMessage {
  return {
    type: "status",
    request_id: requestId,
    status: "retrying",
    attempt,
    ...(retryAt === undefined ? {} : { retry_at: Math.ceil(retryAt / 1000) }),
  };
}
