import type { Action, AnyStreamerError, OutputOf, ProgressOf, ChunkOf } from "@streamer/protocol";
import type { RequestHandle } from "../requestHandle.ts";
import type { WaitOptions } from "../types.ts";

/** What finds a batch again: plain JSON, for `localStorage` or a URL. */
export interface BatchRef {
  readonly id: string;
  /** How many inputs it has. */
  readonly size: number;
}

/** What may be said of a batch when it is submitted. */
export interface BatchOptions {
  /**
   * 1 to 60 characters of `A-Z a-z 0-9 _ -`. Default: 32 random hexadecimal digits. The same id with the same inputs goes on with that batch:
   * nothing runs twice.
   */
  readonly id?: string | undefined;
  /** Kept with each request of the batch: 20 entries, keys up to 64 and values up to 256 characters. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** As those of a request, for each of the batch. */
  readonly correlationId?: string | undefined;
  readonly traceparent?: string | undefined;
}

/**
 * Where an item stands. `rejected`: the server did not take it, or never got it; the other three ends are those of a request. A `rejected`
 * one is sent again by submitting the same inputs under the batch's id.
 */
export type BatchItemStatus = "submitting" | "queued" | "running" | "retrying" | BatchItemEnd;
/** How an item of a batch may end. */
export type BatchItemEnd = "completed" | "failed" | "cancelled" | "rejected";

interface ItemBase<Data, Metadata, Chunk> {
  /** Its place in the inputs, from 0. */
  readonly n: number;
  /** Of its request: `<batch>.<n>`. */
  readonly id: string;
  /** 0 to 100, the highest known; 100 when completed. Falls only when an operator starts the item again. */
  readonly percentage: number;
  /** That of the newest progress; empty before the first. */
  readonly message: string;
  /** The item as a request of its own, with all its updates: fetched when this is called. */
  handle(): RequestHandle<Data, Metadata, Chunk>;
}

/** One input and what became of it. Immutable: the same object as long as nothing of it changes. */
export type BatchItem<Data = unknown, Metadata = Record<string, unknown>, Chunk = unknown> = ItemBase<Data, Metadata, Chunk> &
  (
    | { readonly status: Exclude<BatchItemStatus, BatchItemEnd>; readonly data: undefined; readonly error: undefined }
    | { readonly status: "completed"; readonly data: Data; readonly error: undefined }
    | { readonly status: "failed" | "cancelled" | "rejected"; readonly data: undefined; readonly error: AnyStreamerError }
  );

/** How an item ended. */
export type BatchResult<Data = unknown> =
  | { readonly n: number; readonly id: string; readonly status: "completed"; readonly data: Data }
  | { readonly n: number; readonly id: string; readonly status: "failed" | "cancelled" | "rejected"; readonly error: AnyStreamerError };

/** A batch at a moment. Immutable: the same object as long as nothing of it changes. */
export interface BatchState {
  /** 0 to 100: the mean of the items' percentages, where an ended item counts 100. Falls only when an operator starts an item again. */
  readonly percentage: number;
  /** How many items have each status. */
  readonly counts: Readonly<Record<BatchItemStatus, number>>;
  /** Whether every item has ended. */
  readonly done: boolean;
  /** Whether this may be behind the truth: the connection is down, or missed news is still being fetched. What was known stays shown. */
  readonly stale: boolean;
  /** Why this client will not learn the end: it was closed, or the batch was disposed of. The items go on. */
  readonly error: AnyStreamerError | undefined;
}

/**
 * A batch, as its sender holds it. It outlives connections. Not thenable: `await` the methods.
 *
 * No promise of it is reported as unhandled when nobody waits for it.
 */
export interface BatchHandle<Data = unknown, Metadata = Record<string, unknown>, Chunk = unknown> {
  readonly id: string;
  /** How many items it has. */
  readonly size: number;
  /** Keep it to find the batch again with `getBatch`, here or elsewhere. Plain JSON. */
  readonly ref: BatchRef;
  readonly state: BatchState;
  /** All items in order, as they stood when `state` was made: the same list as long as no item changes. */
  readonly items: readonly BatchItem<Data, Metadata, Chunk>[];
  /** One of `items`. @throws {RangeError} when the batch has no such item. */
  item(n: number): BatchItem<Data, Metadata, Chunk>;
  /** Calls `listener` when `state` or `items` is another: at most once in 16 ms, however many messages come. @returns what stops it. */
  onChange(listener: () => void): () => void;
  /** The state now, and each later one that is reached in time; ends with that in which all is done, or the client is closed. Never throws. */
  updates(options?: WaitOptions): AsyncIterable<BatchState>;
  /**
   * Resolves when the server has answered for every item: each was taken, and reaches an end with or without this client, or is `rejected`.
   *
   * @throws {AnyStreamerError} `SERVICE_UNAVAILABLE` with `details.reason` `client_closed` or `disposed`.
   * @throws the signal's reason when that is aborted first.
   */
  accepted(options?: WaitOptions): Promise<void>;
  /**
   * How each item ended, in the order of the inputs. Resolves when all have; an item that failed does not reject it.
   *
   * @throws as `accepted`.
   */
  results(options?: WaitOptions): Promise<readonly BatchResult<Data>[]>;
  /**
   * Asks that all items which have not ended end early. Items that were never sent end at once. Resolves when the server has answered for
   * the others: those that run end a little later, as `results()` tells.
   *
   * @param reason up to 256 characters.
   * @throws {AnyStreamerError} the server's refusal; `INVALID_MESSAGE` for a longer reason; as `accepted`.
   */
  cancel(reason?: string): Promise<void>;
  /** Stops watching, for all handles of this batch in this client, and sends nothing more: what was not sent yet is not. What the server has goes on. */
  dispose(): void;
}

/** The handle of a batch of this action. */
export type ActionBatch<A extends Action> = BatchHandle<
  OutputOf<A>,
  [ProgressOf<A>] extends [never] ? Record<string, unknown> : ProgressOf<A>,
  ChunkOf<A>
>;
