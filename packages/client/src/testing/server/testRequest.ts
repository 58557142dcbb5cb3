import type { Action, ChunkOf, ErrorCode, OutputOf, ParsedInputOf, ProgressOf, RequestStatus, UpdateMessage } from "@streamer/protocol";

/** A request at the test server, in the hands of its script. */
export interface TestRequest<A extends Action = Action> {
  readonly id: string;
  readonly action: string;
  /** What the client sent; parsed by the action's schema when the server was given the actions. */
  readonly payload: ParsedInputOf<A>;
  readonly metadata: Readonly<Record<string, string>>;
  /** What the client sent along; the messages about the request have it too. This server makes none of its own. */
  readonly correlationId: string | undefined;
  readonly traceparent: string | undefined;
  readonly userId: string;
  readonly tenantId: string;
  readonly status: RequestStatus;
  /** From 1; 0 before the work began. */
  readonly attempt: number;
  /** The log: what a `subscribe` is answered with. */
  readonly updates: readonly UpdateMessage[];
  /** Aborted when the client cancels. */
  readonly signal: AbortSignal;
  /** Answers that the request is stored. `complete` and `fail` of an action that is known to be long imply it. */
  acknowledge(): void;
  /** Begins an attempt, unless one runs: the request is `processing`. What follows does it too. */
  begin(): void;
  /** Stores the update and sends it to all who watch. A percentage never falls within an attempt. */
  progress(percentage: number, message: string, metadata?: ProgressOf<A> | Readonly<Record<string, unknown>>): void;
  /** Stores pieces of output and sends them, in one message, to all who watch. */
  emit(...values: readonly ChunkOf<A>[]): void;
  /** The attempt failed: the request waits, and the next `progress`, `emit` or end is of another attempt. Default: it may begin now. */
  retry(delayMs?: number): void;
  /** Ends it well: a long request by `complete`, with a reference when the data is over 128 KB; a short one by `response`. */
  complete(data: OutputOf<A>): void;
  /** Ends it badly. */
  fail(code: ErrorCode, details?: Record<string, unknown>): void;
  /** Ends it as cancelled. */
  cancelled(reason?: string): void;
  /** Answers that it is not accepted: an `error` that is not final. Nothing is stored. */
  refuse(code: ErrorCode, details?: Record<string, unknown>): void;
  /** Forgets the oldest updates, as a log that was trimmed: who asks for them gets a `gap`. */
  trim(count: number): void;
  /** An operator starts it again, after it failed or was cancelled: its handler is called anew. */
  redrive(): void;
}
