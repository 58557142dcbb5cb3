import type { Page, PageOptions } from "./page.ts";
import type { RequestRef, StoredFailure, StoredRequest } from "./storedRequest.ts";

export interface NewRequest extends RequestRef {
  readonly userId: string;
  readonly connectionId: string;
  readonly action: string;
  /** JSON text. */
  readonly payload: string;
  readonly payloadHash: string;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  readonly correlationId: string;
}

export type CreateResult =
  | { readonly created: true; readonly request: StoredRequest }
  | { readonly created: false; readonly request: StoredRequest };

/** Whether the transition happened; when not, how the request stands, or `undefined` when there is none. */
export type TransitionResult =
  | { readonly done: true; readonly request: StoredRequest }
  | { readonly done: false; readonly request: StoredRequest | undefined };

/** The same for settling, where the caller knows the request already. */
export type SettleResult = { readonly done: true } | { readonly done: false; readonly request: StoredRequest | undefined };

export interface Progress {
  readonly percentage: number;
  readonly message: string;
  readonly at: number;
}

/** A finished result: JSON text, and which places in it are files. */
export interface StoredResult {
  readonly body: string;
  /** JSON pointer → key in the bucket. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * The requests of all tenants. Every transition of the state machine is one conditional write (`transitions.ts`); a write that loses
 * changes nothing and tells how the request stands, without another read.
 *
 * Every verb throws a `TableError` when the table does not answer.
 */
export interface RequestStore {
  /** Conditional on the id being free. One call; a payload over 4 KB goes along in the same transaction. */
  create(request: NewRequest): Promise<CreateResult>;
  get(ref: RequestRef): Promise<StoredRequest | undefined>;
  /** Strongly consistent, for readers that must see what was written before they began. */
  getConsistent(ref: RequestRef): Promise<StoredRequest | undefined>;
  /** JSON text of the payload: one more call when it stands in an item of its own. */
  payloadOf(request: StoredRequest): Promise<string>;
  /** JSON text of the result of a completed request. */
  resultOf(request: StoredRequest): Promise<StoredResult>;
  /** Starts an attempt and takes the lease. Claims and reads in one call. */
  claim(ref: RequestRef, leaseMs: number): Promise<TransitionResult>;
  /** Renews the lease and saves the last progress; `request.cancelRequestedAt` tells a worker to stop. */
  heartbeat(ref: RequestRef, attempt: number, leaseMs: number, progress: Progress | undefined): Promise<TransitionResult>;
  /** Ends the lease of a worker that is known to be dead. */
  release(ref: RequestRef, attempt: number): Promise<TransitionResult>;
  complete(ref: RequestRef, attempt: number, result: StoredResult, progress: Progress | undefined): Promise<SettleResult>;
  fail(ref: RequestRef, attempt: number, failure: StoredFailure, progress: Progress | undefined): Promise<SettleResult>;
  /** Settles a running request as cancelled. */
  stop(ref: RequestRef, attempt: number, progress: Progress | undefined): Promise<SettleResult>;
  /** Ends a request that nobody works on. */
  cancel(ref: RequestRef, reason: string | undefined): Promise<TransitionResult>;
  /** Tells the worker of a running request to stop. */
  requestCancel(ref: RequestRef, reason: string | undefined): Promise<TransitionResult>;
  /** Newest first. */
  listByUser(tenantId: string, userId: string, options?: PageOptions): Promise<Page<StoredRequest>>;
  listByTenant(tenantId: string, options?: PageOptions): Promise<Page<StoredRequest>>;
  listByConnection(connectionId: string, options?: PageOptions): Promise<Page<StoredRequest>>;
  /** Open requests, those due first, of one shard of the work index (0 to `WORK_SHARDS` - 1). */
  listOpen(shard: number, options?: PageOptions): Promise<Page<StoredRequest>>;
}
