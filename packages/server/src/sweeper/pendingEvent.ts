import { encodeKeyPart, tenantGroup } from "../table/keys.ts";
import type { StoredRequest } from "../table/storedRequest.ts";

/**
 * The detail of an event that has a request started, in the Pipe's words, for those who send it again. Its status is always "pending":
 * that is what a processor's rule picks, and only the claim decides whether there is something to do.
 */
export function pendingEventDetail(request: StoredRequest): Readonly<Record<string, string | boolean>> {
  return {
    request_id: request.requestId,
    tenant_id: encodeKeyPart(request.tenantId),
    tenant_group: tenantGroup(request.tenantId),
    user_id: encodeKeyPart(request.userId),
    action: request.action,
    status: "pending",
    // As the Pipe has it: a DynamoDB number is a string.
    attempt: String(request.attempt),
    correlation_id: request.correlationId,
    traceparent: request.traceparent ?? "",
    resent: true,
  };
}
