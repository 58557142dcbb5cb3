import type { OutcomeMessage } from "@streamer/protocol";
import { outcomeMessage } from "../connection/outcome.ts";
import type { Outcome } from "../connection/outcome.ts";
import type { FileStore } from "../files/fileStore.ts";
import type { RequestStore } from "../table/requestVerbs.ts";
import type { StoredRequest } from "../table/storedRequest.ts";

export interface StoredOutcomeDeps {
  readonly requests: Pick<RequestStore, "resultOf">;
  readonly files: Pick<FileStore, "sign">;
}

/** The terminal message of a request that has ended; `undefined` while it is open. */
export async function storedOutcome(request: StoredRequest, deps: StoredOutcomeDeps): Promise<OutcomeMessage | undefined> {
  const outcome = await toOutcome(request, deps);
  if (outcome === undefined) return undefined;
  const ended = await outcomeMessage(request.requestId, outcome, request.endedAt ?? request.createdAt, deps.files);
  const message = { ...ended, correlation_id: request.correlationId };
  // The updates beside it on a page were read before the status, so the last ones may not be among them.
  return request.lastSequence === undefined ? message : { ...message, last_sequence: request.lastSequence };
}

async function toOutcome(request: StoredRequest, deps: StoredOutcomeDeps): Promise<Outcome | undefined> {
  switch (request.status) {
    case "completed":
      return { status: "completed", result: await deps.requests.resultOf(request) };
    case "failed":
      return { status: "failed", failure: request.error ?? { code: "INTERNAL_ERROR" } };
    case "cancelled":
      return { status: "cancelled", reason: request.cancelReason };
    case "pending":
    case "processing":
    case "retrying":
      return undefined;
  }
}
