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

/** A request as it stands in the table. Times in ms since 1970. */
export interface StoredRequest extends RequestRef {
  readonly userId: string;
  readonly connectionId: string;
  readonly action: string;
  /** JSON text; `undefined` when it stands in an item of its own (`RequestStore.payloadOf`). */
  readonly payload: string | undefined;
  readonly payloadHash: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly correlationId: string;
  readonly status: RequestStatus;
  readonly attempt: number;
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly leaseExpiresAt: number | undefined;
  readonly retryAt: number | undefined;
  readonly cancelRequestedAt: number | undefined;
  readonly cancelReason: string | undefined;
  readonly lastProgress: number | undefined;
  readonly lastMessage: string | undefined;
  readonly lastUpdate: number | undefined;
  /** JSON text; `undefined` when there is none yet or it stands in an item of its own (`RequestStore.resultOf`). */
  readonly result: string | undefined;
  readonly resultFiles: Readonly<Record<string, string>>;
  readonly error: StoredFailure | undefined;
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
    payloadHash: item.payload_hash,
    metadata: (fromJson(item.metadata) as StoredRequest["metadata"] | undefined) ?? {},
    correlationId: item.correlation_id,
    status: item.status,
    attempt: item.attempt,
    createdAt: item.created_at,
    startedAt: item.started_at,
    endedAt: item.ended_at,
    leaseExpiresAt: item.lease_expires_at,
    retryAt: item.retry_at,
    cancelRequestedAt: item.cancel_requested_at,
    cancelReason: item.cancel_reason,
    lastProgress: item.last_progress,
    lastMessage: item.last_message,
    lastUpdate: item.last_update,
    result: item.result,
    resultFiles: (fromJson(item.result_files) as StoredRequest["resultFiles"] | undefined) ?? {},
    error: fromJson(item.error) as StoredFailure | undefined,
    expiresAt: item.expires_at,
  };
}

/** Written by the store only, so of the type that it wrote. */
function fromJson(text: string | undefined): unknown {
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
