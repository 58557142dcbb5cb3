import type { ErrorCode, RequestStatus } from "@streamer/protocol";
import type { EntityItem } from "electrodb";
import type { createAsyncRequestEntity } from "./entities/asyncRequestEntity.ts";
import { decodeKeyPart } from "./keys.ts";

/** Which request: ids are unique within a tenant. */
export interface RequestRef {
  readonly tenantId: string;
  readonly requestId: string;
}

/** What a client may know of a failure. */
export interface StoredFailure {
  readonly code: ErrorCode;
  readonly details?: Record<string, unknown> | undefined;
}

/** Something in the bucket. */
export interface StoredObject {
  readonly key: string;
  readonly sizeBytes: number;
}

/** A payload that its client uploaded. */
export interface StoredUpload extends StoredObject {
  /** Base64 of its SHA-256. */
  readonly sha256: string;
}

/** A request as it stands in the table. Times in ms since 1970. */
export interface StoredRequest extends RequestRef {
  readonly userId: string;
  readonly connectionId: string;
  readonly action: string;
  /** JSON text; `undefined` when it was uploaded or stands in an item of its own (`RequestStore.payloadOf`). */
  readonly payload: string | undefined;
  /** `undefined` when the payload came in its message. */
  readonly upload: StoredUpload | undefined;
  readonly payloadHash: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly correlationId: string;
  /** W3C trace context of the frame it came with; `undefined` of one that was stored before there were any. */
  readonly traceparent?: string | undefined;
  readonly status: RequestStatus;
  readonly attempt: number;
  /** Of these, how many do not count against the action's attempts. */
  readonly uncountedAttempts: number;
  readonly createdAt: number;
  /** Since when it waits, or waited, to be started: its creation or its last redrive. */
  readonly queuedAt: number;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly leaseExpiresAt: number | undefined;
  readonly retryAt: number | undefined;
  /** When the sweeper looks at it next; of a failed request, when it failed. */
  readonly dueAt: number | undefined;
  /** How often the sweeper sent its event again since it waits. */
  readonly dispatches: number;
  readonly cancelRequestedAt: number | undefined;
  readonly cancelReason: string | undefined;
  readonly lastProgress: number | undefined;
  readonly lastMessage: string | undefined;
  readonly lastUpdate: number | undefined;
  /** Of the last update that was stored when the progress was saved: there may be later ones. */
  readonly lastSequence: number | undefined;
  /** JSON text; `undefined` when there is none yet or it stands elsewhere (`RequestStore.resultOf`). */
  readonly result: string | undefined;
  /** Where the result stands in the bucket, when it is too large for a message. */
  readonly resultObject: StoredObject | undefined;
  readonly resultFiles: Readonly<Record<string, string>>;
  readonly error: StoredFailure | undefined;
  /** Why its last failed attempt failed, in the words of the error: for operators, never for clients. */
  readonly failureReason: string | undefined;
  /** Unix seconds. */
  readonly expiresAt: number;
}

export type RequestItem = EntityItem<ReturnType<typeof createAsyncRequestEntity>>;

export function fromItem(item: RequestItem): StoredRequest {
  return {
    tenantId: decodeKeyPart(item.tenant_id),
    requestId: item.request_id,
    userId: decodeKeyPart(item.user_id),
    connectionId: item.connection_id,
    action: item.action,
    payload: item.payload,
    upload: fromJson(item.upload) as StoredUpload | undefined,
    payloadHash: item.payload_hash,
    metadata: (fromJson(item.metadata) as StoredRequest["metadata"] | undefined) ?? {},
    correlationId: item.correlation_id,
    traceparent: item.traceparent,
    status: item.status,
    attempt: item.attempt,
    uncountedAttempts: item.uncounted_attempts ?? 0,
    createdAt: item.created_at,
    queuedAt: item.queued_at ?? item.created_at,
    startedAt: item.started_at,
    endedAt: item.ended_at,
    leaseExpiresAt: item.lease_expires_at,
    retryAt: item.retry_at,
    dueAt: item.due_at,
    dispatches: item.dispatches,
    cancelRequestedAt: item.cancel_requested_at,
    cancelReason: item.cancel_reason,
    lastProgress: item.last_progress,
    lastMessage: item.last_message,
    lastUpdate: item.last_update,
    lastSequence: item.last_sequence,
    result: item.result,
    resultObject: fromJson(item.result_object) as StoredObject | undefined,
    resultFiles: (fromJson(item.result_files) as StoredRequest["resultFiles"] | undefined) ?? {},
    error: fromJson(item.error) as StoredFailure | undefined,
    failureReason: item.failure_reason,
    expiresAt: item.expires_at,
  };
}

/** Written by the store only, so of the type that it wrote. */
function fromJson(text: string | undefined): unknown {
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
