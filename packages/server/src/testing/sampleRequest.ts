import type { NewRequest } from "../table/requestVerbs.ts";
import type { StoredRequest } from "../table/storedRequest.ts";

/** A request that nobody has stored yet, under an id of its own. */
export function sampleRequest(overrides: Partial<NewRequest> = {}): NewRequest {
  return {
    tenantId: "Acme",
    requestId: crypto.randomUUID(),
    userId: "auth0|u#1",
    connectionId: "c1=",
    action: "generate_report",
    payload: '{"a":1}',
    payloadHash: "hash",
    metadata: { source: "test" },
    correlationId: "k",
    ...overrides,
  };
}

/** A request as a worker has it: claimed, under a lease of a minute. */
export function storedRequest(overrides: Partial<StoredRequest> = {}): StoredRequest {
  const { metadata, ...request } = sampleRequest();
  return {
    ...request,
    metadata: metadata ?? {},
    status: "processing",
    attempt: 1,
    createdAt: 1_767_225_600_000,
    startedAt: 1_767_225_600_000,
    endedAt: undefined,
    leaseExpiresAt: 1_767_225_660_000,
    retryAt: undefined,
    cancelRequestedAt: undefined,
    cancelReason: undefined,
    lastProgress: undefined,
    lastMessage: undefined,
    lastUpdate: undefined,
    result: undefined,
    resultFiles: {},
    error: undefined,
    expiresAt: 1_767_830_400,
    ...overrides,
  };
}
