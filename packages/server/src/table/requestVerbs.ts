import type { CreatedPage, CreatedRange, Page, PageOptions } from "./page.ts";
import type { RequestRef, StoredFailure, StoredObject, StoredRequest, StoredUpload } from "./storedRequest.ts";

export interface NewRequest extends RequestRef {
  readonly userId: string;
  readonly connectionId: string;
  readonly action: string;
  /** JSON text, or where it was uploaded. */
  readonly payload: string | StoredUpload;
  readonly payloadHash: string;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  /** A UUID. */
  readonly correlationId: string;
  /** W3C trace context. */
  readonly traceparent?: string | undefined;
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

export interface GetManyOptions {
  /** Default false. */
  readonly consistent?: boolean;
}

export interface Progress {
  readonly percentage: number;
  readonly message: string;
  readonly at: number;
  /** Of the last update that is stored, progress or chunk; 0 when none is. */
  readonly sequence?: number | undefined;
}

/** A finished result: JSON text or where it stands in the bucket, and which places in it are files. */
export type StoredResult = ({ readonly body: string } | StoredObject) & {
  /** JSON pointer → key in the bucket. */
  readonly files: Readonly<Record<string, string>>;
};

/** A failure as a worker or the sweeper knows it. */
export interface Failure extends StoredFailure {
  /** In the words of the error, for operators: never sent to a client. Cut to 1,024 characters. */
  readonly reason?: string | undefined;
}

export interface Retry {
  /** When the next attempt may start: ms since 1970. */
  readonly at: number;
  /** Why this attempt failed, for operators. Cut to 1,024 characters. */
  readonly reason?: string | undefined;
  /** This attempt does not count against the action's. Default false. */
  readonly uncounted?: boolean | undefined;
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
  /** Eventually consistent. `undefined` when there is none, or its time has passed. */
  get(ref: RequestRef): Promise<StoredRequest | undefined>;
  /** Strongly consistent, for readers that must see what was written before they began. */
  getConsistent(ref: RequestRef): Promise<StoredRequest | undefined>;
  /** Each in its place, `undefined` where there is none: one call for each 100. What the table leaves unread is asked for again. */
  getMany(refs: readonly RequestRef[], options?: GetManyOptions): Promise<readonly (StoredRequest | undefined)[]>;
  /** JSON text of a payload that was not uploaded: one more call when it stands in an item of its own. */
  payloadOf(request: StoredRequest): Promise<string>;
  /** The result of a completed request: one more call when it stands in an item of its own. */
  resultOf(request: StoredRequest): Promise<StoredResult>;
  /** Starts an attempt and takes the lease. Claims and reads in one call. */
  claim(ref: RequestRef, leaseMs: number): Promise<TransitionResult>;
  /** Renews the lease and saves the last progress; `request.cancelRequestedAt` tells a worker to stop. */
  heartbeat(ref: RequestRef, attempt: number, leaseMs: number, progress: Progress | undefined): Promise<TransitionResult>;
  /** Ends the lease of a worker that is known to be dead. */
  release(ref: RequestRef, attempt: number): Promise<TransitionResult>;
  /** Settles a running request with its result. Loses when another attempt has the request, or it has ended. */
  complete(ref: RequestRef, attempt: number, result: StoredResult, progress: Progress | undefined): Promise<SettleResult>;
  /** Settles a running request with its failure. Loses when another attempt has the request, or it has ended. */
  fail(ref: RequestRef, attempt: number, failure: Failure, progress: Progress | undefined): Promise<SettleResult>;
  /** Settles a running request as cancelled. */
  stop(ref: RequestRef, attempt: number, progress: Progress | undefined): Promise<SettleResult>;
  /** Ends the attempt and lets the request wait for its next. Loses when somebody asked for the request's end: then `stop` it. */
  retry(ref: RequestRef, attempt: number, retry: Retry, progress: Progress | undefined): Promise<TransitionResult>;
  /** Ends a request that nobody works on. */
  cancel(ref: RequestRef, reason: string | undefined): Promise<TransitionResult>;
  /** Tells the worker of a running request to stop. */
  requestCancel(ref: RequestRef, reason: string | undefined): Promise<TransitionResult>;
  /** The sweeper's `retry`: of an attempt whose worker died. */
  recover(ref: RequestRef, attempt: number, retry: Retry): Promise<TransitionResult>;
  /** The sweeper's `fail`: of an attempt whose worker died. */
  abandon(ref: RequestRef, attempt: number, failure: Failure): Promise<TransitionResult>;
  /** The sweeper's `stop`: of an attempt whose worker died. */
  stopLost(ref: RequestRef, attempt: number): Promise<TransitionResult>;
  /** Counts one more dispatch of a request that waits, and sets when it is due again. One sweeper of several wins, by the due time it saw. */
  dispatch(request: StoredRequest, dueAt: number): Promise<TransitionResult>;
  /** Fails a request that waits, unless somebody has seen to it since it was read. */
  expire(request: StoredRequest, failure: Failure): Promise<TransitionResult>;
  /**
   * Lets a request that failed or was cancelled wait again: the same id, all attempts anew, a week to live. Its payload, updates and steps
   * live on with it. Some calls more than one when there are many.
   */
  redrive(ref: RequestRef): Promise<TransitionResult>;
  /** Newest first. */
  listByUser(tenantId: string, userId: string, options?: PageOptions): Promise<Page<StoredRequest>>;
  /** The requests of a tenant, newest first, a page at a time. */
  listByTenant(tenantId: string, options?: PageOptions): Promise<Page<StoredRequest>>;
  /** Newest first, in a range of time: one query, and one batch of reads for each 100. Of a user, or of all users of a tenant. */
  listCreated(
    whose: { readonly tenantId: string; readonly userId?: string | undefined },
    range: CreatedRange,
  ): Promise<CreatedPage<StoredRequest>>;
  /** The requests that one connection submitted, a page at a time. */
  listByConnection(connectionId: string, options?: PageOptions): Promise<Page<StoredRequest>>;
  /** Open requests, those due first, of one shard of the work index (0 to `WORK_SHARDS` - 1). */
  listOpen(shard: number, options?: PageOptions): Promise<Page<StoredRequest>>;
  /** The open requests that are due at a time (ms since 1970) or before, longest due first, of one shard. */
  listDue(shard: number, at: number, options?: PageOptions): Promise<Page<StoredRequest>>;
  /** The dead letters: failed requests that can be redriven, longest failed first, of one shard. */
  listFailed(shard: number, options?: PageOptions): Promise<Page<StoredRequest>>;
}
