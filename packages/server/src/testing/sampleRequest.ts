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
  const { metadata, payload, ...request } = sampleRequest();
  return {
    ...request,
    payload: typeof payload === "string" ? payload : undefined,
    upload: typeof payload === "string" ? undefined : payload,
    metadata: metadata ?? {},
    status: "processing",
    attempt: 1,
    uncountedAttempts: 0,
    createdAt: 1_767_225_600_000,
    queuedAt: 1_767_225_600_000,
    startedAt: 1_767_225_600_000,
    endedAt: undefined,
    leaseExpiresAt: 1_767_225_660_000,
    retryAt: undefined,
    dueAt: 1_767_225_660_000,
    dispatches: 0,
    cancelRequestedAt: undefined,
    cancelReason: undefined,
    lastProgress: undefined,
    lastMessage: undefined,
    lastUpdate: undefined,
    lastSequence: undefined,
    result: undefined,
    resultObject: undefined,
    resultFiles: {},
    error: undefined,
    failureReason: undefined,
    expiresAt: 1_767_830_400,
    ...overrides,
  };
}
